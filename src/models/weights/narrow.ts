import type { ElementType } from './safetensors.js'

/** Element types that weights are written in. */
export const weightTypes = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' } as const satisfies Record<
  string,
  ElementType
>
export type WeightType = keyof typeof weightTypes

/** float16 ends at 65504; what is half a step beyond it is rounded to infinity. */
const tooLarge = 65520

/**
 * float32 numbers as the bytes of another type, rounded to nearest, ties to even.
 *
 * @returns undefined where a number is too large for the type
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
  // Steps of 2^-24 below 2^-14, and of a 1024th of the power of two above.
  const exponent = size < 2 ** -14 ? -14 : Math.floor(Math.log2(size))
  const steps = toEven(size / 2 ** (exponent - 10))
  // The steps of a number with an exponent begin at 1024; one that is rounded up to 2048 carries into it by itself.
  return sign | (steps < 1024 ? steps : ((exponent + 14) << 10) + steps)
}

function toEven(value: number): number {
  const rounded = Math.round(value)
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded
}
