import { Random } from './random.js'

/** The largest singular values of a matrix with their vectors. */
export interface LargestSingular {
  /** [rows, count] */
  readonly left: Float64Array
  /** [count], falling */
  readonly values: Float64Array
  /** [count, columns] */
  readonly right: Float64Array
}

/**
 * The largest singular values and vectors of a matrix in float64, by bidiagonalisation (Golub and Kahan 1965,
 * https://doi.org/10.1137/0702016) that is gone on with until they no longer change, each new vector made orthogonal to all
 * before it. Where two values at the end are equal, which of their vectors are taken is left open, as in every such
 * decomposition.
 *
 * @param matrix [rows, columns]
 * @param count at most rows and columns
 * @example
 * const { values } = largestSingular(weight, 64, 172, 4)
 */
export function largestSingular(matrix: Float32Array, rows: number, columns: number, count: number): LargestSingular {
  const random = new Random(1)
  const most = Math.min(rows, columns)
  const lefts: Float64Array[] = []
  const rights: Float64Array[] = []
  const diagonal: number[] = []
  const above: number[] = []
  const next = (vector: Float64Array, basis: readonly Float64Array[], scale: number): [Float64Array, number] => {
    orthogonalise(vector, basis)
    const length = Math.sqrt(dot(vector, vector))
    if (length > 1e-13 * scale) return [vector.map((value) => value / length), length]
    // Nothing is left in this direction: another one, which the ones so far do not reach.
    const other = Float64Array.from(vector, () => random.uniform() - 0.5)
    orthogonalise(other, basis)
    const norm = Math.sqrt(dot(other, other))
    return [other.map((value) => value / norm), 0]
  }
  let checked = Math.min(most, 2 * count + 16)
  let scale = Number.MIN_VALUE
  // In the space of the rows: a matrix of fewer rows than columns is exhausted when the rows are.
  const start = Float64Array.from({ length: rows }, () => random.uniform() - 0.5)
  let [right] = next(timesTransposed(matrix, columns, start), rights, 0)
  for (;;) {
    rights.push(right)
    const image = times(matrix, columns, right)
    const before = lefts.at(-1)
    if (before) subtract(image, before, above.at(-1) as number)
    const [left, alpha] = next(image, lefts, scale)
    lefts.push(left)
    diagonal.push(alpha)
    scale = Math.max(scale, alpha)
    const isLast = lefts.length === most
    const back = timesTransposed(matrix, columns, left)
    subtract(back, right, alpha)
    const [following, beta] = isLast ? [right, 0] : next(back, rights, scale)
    if (isLast || lefts.length >= checked) {
      const small = bidiagonalSingular(diagonal, above)
      const largest = small.order.slice(0, count)
      const rest = (i: number): number => beta * Math.abs(small.left(i, lefts.length - 1))
      const top = small.value(largest[0] as number)
      if (isLast || largest.every((i) => rest(i) <= 1e-10 * top)) return combine(lefts, rights, small, largest)
      checked = Math.min(most, Math.ceil(1.5 * checked))
    }
    above.push(beta)
    right = following
  }
}

interface SmallSingular {
  /** Columns, that of the largest value first. */
  readonly order: readonly number[]
  value(i: number): number
  /** Element of the left vector of a column. */
  left(i: number, row: number): number
  /** Element of its right vector. */
  right(i: number, row: number): number
}

/** All singular values of an upper bidiagonal matrix, by rotations of its columns (Hestenes 1958). */
function bidiagonalSingular(diagonal: readonly number[], above: readonly number[]): SmallSingular {
  const size = diagonal.length
  // Column by column, so that a rotation runs along memory.
  const columns = Array.from({ length: size }, (_, j) => {
    const column = new Float64Array(size)
    column[j] = diagonal[j] as number
    if (j > 0) column[j - 1] = above[j - 1] as number
    return column
  })
  const turns = Array.from({ length: size }, (_, j) => Float64Array.from({ length: size }, (_, i) => (i === j ? 1 : 0)))
  for (let isTurned = true; isTurned; ) {
    isTurned = false
    for (let p = 0; p < size - 1; p++)
      for (let q = p + 1; q < size; q++) {
        const [a, b] = [columns[p] as Float64Array, columns[q] as Float64Array]
        const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)]
        if (Math.abs(ab) <= 1e-14 * Math.sqrt(aa * bb)) continue
        isTurned = true
        const zeta = (bb - aa) / (2 * ab)
        const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta))
        const cosine = 1 / Math.hypot(1, tangent)
        rotate(a, b, cosine, cosine * tangent)
        rotate(turns[p] as Float64Array, turns[q] as Float64Array, cosine, cosine * tangent)
      }
  }
  const values = columns.map((column) => Math.sqrt(dot(column, column)))
  return {
    order: [...values.keys()].sort((i, j) => (values[j] as number) - (values[i] as number)),
    value: (i) => values[i] as number,
    left: (i, row) => (values[i] === 0 ? 0 : (columns[i]?.[row] as number) / (values[i] as number)),
    right: (i, row) => turns[i]?.[row] as number,
  }
}

function combine(
  lefts: readonly Float64Array[],
  rights: readonly Float64Array[],
  small: SmallSingular,
  largest: readonly number[],
): LargestSingular {
  const [rows, columns, count] = [lefts[0]?.length as number, rights[0]?.length as number, largest.length]
  const left = new Float64Array(rows * count)
  const right = new Float64Array(count * columns)
  for (const [i, column] of largest.entries())
    for (const [k, vector] of lefts.entries()) {
      const [own, other] = [small.left(column, k), small.right(column, k)]
      for (let row = 0; row < rows; row++)
        left[row * count + i] = (left[row * count + i] as number) + own * (vector[row] as number)
      const beside = rights[k] as Float64Array
      for (let j = 0; j < columns; j++)
        right[i * columns + j] = (right[i * columns + j] as number) + other * (beside[j] as number)
    }
  return { left, values: Float64Array.from(largest, (i) => small.value(i)), right }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function subtract(from: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] as number) - factor * (vector[i] as number)
}

/** Twice: what rounding leaves of a direction after the first time is gone after the second. */
function orthogonalise(vector: Float64Array, basis: readonly Float64Array[]): void {
  for (let round = 0; round < 2; round++) for (const each of basis) subtract(vector, each, dot(each, vector))
}

function rotate(a: Float64Array, b: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number]
    a[i] = cosine * x - sine * y
    b[i] = sine * x + cosine * y
  }
}

function times(matrix: Float32Array, columns: number, vector: Float64Array): Float64Array {
  const out = new Float64Array(matrix.length / columns)
  for (let i = 0; i < out.length; i++) {
    let sum = 0
    for (let j = 0, at = i * columns; j < columns; j++, at++) sum += (matrix[at] as number) * (vector[j] as number)
    out[i] = sum
  }
  return out
}

function timesTransposed(matrix: Float32Array, columns: number, vector: Float64Array): Float64Array {
  const out = new Float64Array(columns)
  for (let i = 0; i < vector.length; i++) {
    const factor = vector[i] as number
    for (let j = 0, at = i * columns; j < columns; j++, at++)
      out[j] = (out[j] as number) + factor * (matrix[at] as number)
  }
  return out
}
