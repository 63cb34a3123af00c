const single = new Float32Array(1)
const bits = new Uint32Array(single.buffer)

/** The float16 number nearest to each element, as its bits; halfway between two, the one whose last bit is 0 (IEEE 754). */
export function toFloat16(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) {
    single[0] = values[i] as number
    const float = bits[0] as number
    const sign = (float >>> 16) & 0x8000
    const magnitude = float & 0x7fffffff
    halves[i] = sign | halfMagnitude(magnitude)
  }
  return halves
}

function halfMagnitude(magnitude: number): number {
  if (magnitude > 0x7f800000) return 0x7e00 // not a number
  if (magnitude >= 0x47800000) return 0x7c00 // 2^16 and more, infinity
  if (magnitude < 0x33000000) return 0 // less than half of the smallest, 2^-24
  const exponent = magnitude >>> 23
  // Below 2^-14 numbers are multiples of 2^-24: the more of the 24 bits of the fraction fall away.
  const dropped = exponent < 113 ? 126 - exponent : 13
  const fraction = exponent < 113 ? (magnitude & 0x7fffff) | 0x800000 : magnitude - 0x38000000
  const kept = fraction >>> dropped
  const rest = fraction & ((1 << dropped) - 1)
  const half = 1 << (dropped - 1)
  // Rounding up may carry into the exponent, which is then right, up to infinity.
  return kept + (rest > half || (rest === half && kept % 2 === 1) ? 1 : 0)
}
