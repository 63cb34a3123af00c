import type { ElementType } from './safetensors.js'

/** Element types that weights can be written in. */
export const weightTypes = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' } as const satisfies Record<
  string,
  ElementType
>
export type WeightType = keyof typeof weightTypes

/** The largest float16 is 65504; numbers half a step beyond it or more round to infinity. */
const tooLarge = 65520

/**
 * Converts float32 numbers to the bytes of another type, rounded to nearest, ties to even.
 *
 * @returns undefined if a number is too large for the type
 */
export function narrow(values: Float32Array, type: WeightType): Uint8Array | undefined {
  if (type === 'float32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const out = new Uint16Array(values.length)
  if (type === 'bfloat16') {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
    for (let i = 0; i < out.length; i++) {
      const word = bits[i] as number
      out[i] = (word + 0x7fff + ((word >>> 16) & 1)) >>> 16
      if (((out[i] as number) & 0x7f80) === 0x7f80) return undefined
    }
  } else {
    for (let i = 0; i < out.length; i++) {
      out[i] = float16Bits(values[i] as number)
      if (((out[i] as number) & 0x7c00) === 0x7c00) return undefined
    }
  }
  return new Uint8Array(out.buffer)
}

function float16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (!(size < tooLarge)) return sign | 0x7c00
  // The step is 2^-24 below 2^-14, and above that a 1024th of the power of two.
  const exponent = size < 2 ** -14 ? -14 : Math.floor(Math.log2(size))
  const steps = toEven(size / 2 ** (exponent - 10))
  // A normal number has 1024 steps or more; rounding up to 2048 carries into the exponent.
  return sign | (steps < 1024 ? steps : ((exponent + 14) << 10) + steps)
}

function toEven(value: number): number {
  const rounded = Math.round(value)
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded
}
