import { expect, test } from '@jest/globals'
import { toFloat16 } from '../../src/models/float16.js'
import { toFloat32 } from '../../src/models/safetensors.js'

const widened = (halves: Uint16Array): Float32Array =>
  toFloat32({ dtype: 'F16', shape: [halves.length], data: new Uint8Array(halves.buffer) })

test('every float16 number comes back from float32 as it was', () => {
  const halves = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits)
  const back = toFloat16(widened(halves))
  const isNumber = (bits: number): boolean => (bits & 0x7fff) <= 0x7c00
  expect(halves.filter((bits, i) => isNumber(bits) && back[i] !== bits)).toHaveLength(0)
  expect(halves.filter((bits, i) => !isNumber(bits) && isNumber(back[i] as number))).toHaveLength(0)
})

test('what lies between two is rounded to the nearer, and halfway to the even one', () => {
  const halves = Uint16Array.from({ length: 0x7bff }, (_, bits) => bits)
  const values = widened(Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits))
  const between = (share: number): Float32Array =>
    Float32Array.from(halves, (i) => (values[i] as number) * (1 - share) + (values[i + 1] as number) * share)
  const wrong = (rounded: Uint16Array, wanted: (bits: number) => number): Uint16Array =>
    halves.filter((bits) => rounded[bits] !== wanted(bits))
  expect(wrong(toFloat16(between(0.49)), (bits) => bits)).toHaveLength(0)
  expect(wrong(toFloat16(between(0.51)), (bits) => bits + 1)).toHaveLength(0)
  expect(wrong(toFloat16(between(0.5)), (bits) => bits + (bits % 2))).toHaveLength(0)
})

test('what is too large becomes infinite, what is too small zero, with its sign', () => {
  const values = Float32Array.of(65519, 65520, -1e9, 2 ** -25, 2 ** -25 * 1.001, -1e-30)
  expect([...widened(toFloat16(values))]).toEqual([
    65504,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
    2 ** -24,
    -0,
  ])
})
