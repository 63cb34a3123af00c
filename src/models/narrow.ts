import { toFloat16 } from './float16.js'
import type { ElementType } from './safetensors.js'

/** Element types that weights are written in. */
export const weightTypes = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' } as const satisfies Record<
  string,
  ElementType
>
export type WeightType = keyof typeof weightTypes

/**
 * float32 numbers as the bytes of another type, rounded to nearest, ties to even.
 *
 * @returns undefined where a number is too large for the type
 */
export function narrow(values: Float32Array, type: WeightType): Uint8Array | undefined {
  if (type === 'float32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const out = type === 'float16' ? toFloat16(values) : toBfloat16(values)
  // An exponent of all ones is no finite number.
  const exponent = type === 'float16' ? 0x7c00 : 0x7f80
  return out.every((half) => (half & exponent) !== exponent) ? new Uint8Array(out.buffer) : undefined
}

function toBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const out = new Uint16Array(bits.length)
  for (let i = 0; i < out.length; i++) {
    const word = bits[i] as number
    out[i] = (word + 0x7fff + ((word >>> 16) & 1)) >>> 16
  }
  return out
}
