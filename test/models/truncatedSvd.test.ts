import { describe, expect, test } from '@jest/globals'
import { truncatedQr } from '../../src/models/adapter/truncatedQr.js'
import { truncatedSvd } from '../../src/models/adapter/truncatedSvd.js'
import { Random } from '../../src/models/random.js'

const random = new Random(3)
const drawn = (size: number): Float32Array => Float32Array.from({ length: size }, () => random.uniform() - 0.5)

/** [rows, inner] [inner, columns] */
function product(a: ArrayLike<number>, b: ArrayLike<number>, inner: number): number[] {
  const [rows, columns] = [a.length / inner, b.length / inner]
  return Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns]
    let sum = 0
    for (let k = 0; k < inner; k++) sum += (a[i * inner + k] as number) * (b[k * columns + j] as number)
    return sum
  })
}
const transposed = (a: ArrayLike<number>, columns: number): number[] => {
  const rows = a.length / columns
  return Array.from({ length: a.length }, (_, at) => a[(at % rows) * columns + Math.floor(at / rows)] as number)
}
const identity = (size: number): unknown[] =>
  Array.from({ length: size * size }, (_, i) => expect.closeTo(i % (size + 1) === 0 ? 1 : 0, 9))

describe.each([
  [40, 40, 5],
  [30, 70, 8],
  [90, 20, 20],
  [8, 16, 4],
  [5, 5, 5],
  [3, 1, 1],
])('%i x %i, the %i largest', (rows, columns, count) => {
  const matrix = drawn(rows * columns)
  const { left, values, right } = truncatedSvd(matrix, rows, columns, count)

  test('vectors are orthonormal, and the matrix turns one side into the other', () => {
    expect(product(transposed(left, count), left, rows)).toEqual(identity(count))
    expect(product(right, transposed(right, columns), columns)).toEqual(identity(count))
    const image = product(matrix, transposed(right, columns), columns)
    expect(
      image.every((value, i) => Math.abs(value - (left[i] as number) * (values[i % count] as number)) < 1e-8),
    ).toBe(true)
  })

  test('nothing that is left over is larger', () => {
    const scaled = Array.from(left, (value, i) => value * (values[i % count] as number))
    const taken = product(scaled, right, count)
    const rest = Array.from(matrix, (value, i) => value - (taken[i] as number))
    // The largest singular value of the rest, by powers.
    let vector = Array.from(drawn(columns))
    let length = 0
    for (let round = 0; round < 300; round++) {
      const next = product(transposed(rest, columns), product(rest, vector, columns), rows)
      length = Math.hypot(...next)
      if (length < 1e-12) break
      vector = next.map((value) => value / length)
    }
    expect(Math.sqrt(length)).toBeLessThanOrEqual((values[count - 1] as number) * (1 + 1e-9))
    expect([...values]).toEqual([...values].sort((a, b) => b - a))
  })
})

test('a matrix of low rank has nothing beyond it', () => {
  const matrix = Float32Array.from(product(drawn(24), drawn(40), 2))
  const { values } = truncatedSvd(matrix, 12, 20, 4)
  expect([...values].map((value) => value > 1e-6 * (values[0] as number))).toEqual([true, true, false, false])
})

test('all of a matrix is spanned by all of its columns, and its first columns by as many', () => {
  const matrix = drawn(12 * 6)
  const whole = truncatedQr(matrix, 12, 6, 6)
  expect(product(whole.b, whole.a, 6)).toEqual([...matrix].map((value) => expect.closeTo(value, 5)))
  const { a, b } = truncatedQr(matrix, 12, 6, 2)
  const part = product(b, a, 2)
  for (const column of [0, 1])
    for (let row = 0; row < 12; row++) expect(part[row * 6 + column]).toBeCloseTo(matrix[row * 6 + column] as number, 5)
  // What is left of the other columns stands at right angles to it.
  const rest = Array.from(matrix, (value, i) => value - (part[i] as number))
  expect(product(transposed(b, 2), rest, 12).every((value) => Math.abs(value) < 1e-5)).toBe(true)
})
