import { Random } from '../random.js'

/** The largest singular values of a matrix, with their vectors. */
export interface TruncatedSvd {
  /** [rows, count] */
  readonly left: Float64Array
  /** [count], in descending order */
  readonly values: Float64Array
  /** [count, columns] */
  readonly right: Float64Array
}

/**
 * The largest singular values and vectors of a matrix in float64, by Lanczos bidiagonalization (Golub and Kahan 1965,
 * https://doi.org/10.1137/0702016) with full reorthogonalization, until they converge. If the smallest value returned is a
 * repeated one, the choice among its vectors is arbitrary, as in every truncated decomposition.
 *
 * @param matrix [rows, columns]
 * @param count at most rows and columns
 * @example
 * const { values } = truncatedSvd(weight, 64, 172, 4)
 */
export function truncatedSvd(matrix: Float32Array, rows: number, columns: number, count: number): TruncatedSvd {
  const random = new Random(1)
  const most = Math.min(rows, columns)
  const lefts: Float64Array[] = []
  const rights: Float64Array[] = []
  const diagonal: number[] = []
  const above: number[] = []
  const next = (vector: Float64Array, basis: readonly Float64Array[], scale: number): [Float64Array, number] => {
    orthogonalize(vector, basis)
    const length = Math.sqrt(dot(vector, vector))
    if (length > 1e-13 * scale) return [vector.map((value) => value / length), length]
    // The vector lies in the span of the basis, so a random direction orthogonal to it continues.
    const other = Float64Array.from(vector, () => random.uniform() - 0.5)
    orthogonalize(other, basis)
    const norm = Math.sqrt(dot(other, other))
    return [other.map((value) => value / norm), 0]
  }
  let checked = Math.min(most, 2 * count + 16)
  let scale = Number.MIN_VALUE
  // The start lies in the row space, so a matrix with fewer rows than columns is exhausted with its rows.
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
      const small = bidiagonalSingular(diagonal, above, count)
      const rest = ({ left }: SmallSingular): number => beta * Math.abs(left.at(-1) as number)
      const [top] = small as [SmallSingular]
      if (isLast || small.every((each) => rest(each) <= 1e-9 * top.value)) return combine(lefts, rights, small)
      checked = Math.min(most, Math.ceil(1.2 * checked))
    }
    above.push(beta)
    right = following
  }
}

interface SmallSingular {
  readonly value: number
  readonly left: Float64Array
  readonly right: Float64Array
}

/**
 * The largest singular values of an upper bidiagonal matrix B from the tridiagonal matrix of B's products: eigenvalues by
 * bisection (Givens 1954), and vectors by inverse iteration (Wielandt 1944), each made orthogonal to those before.
 */
function bidiagonalSingular(diagonal: readonly number[], above: readonly number[], count: number): SmallSingular[] {
  const size = diagonal.length
  const main = Float64Array.from(diagonal, (d, i) => d * d + (i > 0 ? (above[i - 1] as number) ** 2 : 0))
  const beside = Float64Array.from({ length: size - 1 }, (_, i) => (diagonal[i] as number) * (above[i] as number))
  const bound = main.reduce((most, value, i) => {
    const around = Math.abs(beside[i - 1] ?? 0) + Math.abs(beside[i] ?? 0)
    return Math.max(most, value + around)
  }, Number.MIN_VALUE)
  const rights: Float64Array[] = []
  return Array.from({ length: count }, (_, rank) => {
    const value = eigenvalue(main, beside, size - rank, bound)
    const right = eigenvector(main, beside, value, bound, rights)
    rights.push(right)
    const left = Float64Array.from(
      right,
      (own, i) => (diagonal[i] as number) * own + (above[i] ?? 0) * (right[i + 1] ?? 0),
    )
    const length = Math.sqrt(dot(left, left))
    return { value: length, left: length > 0 ? left.map((each) => each / length) : left, right }
  })
}

/** The n-th smallest eigenvalue of a positive semidefinite tridiagonal matrix. */
function eigenvalue(main: Float64Array, beside: Float64Array, n: number, bound: number): number {
  let [low, high] = [-bound * 1e-15, bound * (1 + 1e-15)]
  for (;;) {
    const middle = (low + high) / 2
    if (middle <= low || middle >= high || high - low <= 1e-16 * bound) return middle
    // By Sylvester's law of inertia, the negative pivots count the eigenvalues below the middle.
    let negative = 0
    let pivot = 1
    for (let i = 0; i < main.length; i++) {
      const off = i > 0 ? (beside[i - 1] as number) : 0
      pivot = (main[i] as number) - middle - (off * off) / pivot
      if (pivot === 0) pivot = -Number.MIN_VALUE * 2 ** 52
      if (pivot < 0) negative++
    }
    if (negative >= n) high = middle
    else low = middle
  }
}

function eigenvector(
  main: Float64Array,
  beside: Float64Array,
  value: number,
  bound: number,
  before: readonly Float64Array[],
): Float64Array {
  const random = new Random(2)
  let vector = Float64Array.from(main, () => random.uniform() - 0.5)
  for (let round = 0; round < 4; round++) {
    orthogonalize(vector, before)
    const length = Math.sqrt(dot(vector, vector))
    vector = vector.map((each) => each / length)
    if (round < 3) solve(main, beside, value, bound, vector)
  }
  return vector
}

/** Solves (T - value) x = vector in place, by elimination with partial pivoting; a zero pivot is replaced by a tiny one. */
function solve(main: Float64Array, beside: Float64Array, value: number, bound: number, vector: Float64Array): void {
  const size = main.length
  const tiny = 1e-16 * bound
  const pivots = main.map((each) => each - value)
  const first = Float64Array.from({ length: size }, (_, i) => beside[i] ?? 0)
  const second = new Float64Array(size)
  for (let i = 0; i < size - 1; i++) {
    const below = beside[i] as number
    if (Math.abs(below) > Math.abs(pivots[i] as number)) {
      const factor = (pivots[i] as number) / below
      const [next, after] = [pivots[i + 1] as number, first[i + 1] as number]
      const own = first[i] as number
      pivots[i] = below
      first[i] = next
      second[i] = after
      pivots[i + 1] = own - factor * next
      first[i + 1] = -factor * after
      const [a, b] = [vector[i] as number, vector[i + 1] as number]
      vector[i] = b
      vector[i + 1] = a - factor * b
    } else {
      if (pivots[i] === 0) pivots[i] = tiny
      const factor = below / (pivots[i] as number)
      pivots[i + 1] = (pivots[i + 1] as number) - factor * (first[i] as number)
      vector[i + 1] = (vector[i + 1] as number) - factor * (vector[i] as number)
    }
  }
  for (let i = size - 1; i >= 0; i--) {
    const pivot = Math.abs(pivots[i] as number) < tiny ? tiny : (pivots[i] as number)
    const known = (first[i] as number) * (vector[i + 1] ?? 0) + (second[i] as number) * (vector[i + 2] ?? 0)
    vector[i] = ((vector[i] as number) - known) / pivot
  }
}

function combine(
  lefts: readonly Float64Array[],
  rights: readonly Float64Array[],
  small: readonly SmallSingular[],
): TruncatedSvd {
  const [rows, columns, count] = [lefts[0]?.length as number, rights[0]?.length as number, small.length]
  const left = new Float64Array(rows * count)
  const right = new Float64Array(count * columns)
  for (const [i, vectors] of small.entries())
    for (const [k, vector] of lefts.entries()) {
      const [own, other] = [vectors.left[k] as number, vectors.right[k] as number]
      for (let row = 0; row < rows; row++)
        left[row * count + i] = (left[row * count + i] as number) + own * (vector[row] as number)
      const beside = rights[k] as Float64Array
      for (let j = 0; j < columns; j++)
        right[i * columns + j] = (right[i * columns + j] as number) + other * (beside[j] as number)
    }
  return { left, values: Float64Array.from(small, ({ value }) => value), right }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function subtract(from: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] as number) - factor * (vector[i] as number)
}

/** Orthogonalizes a vector, twice if little of it remained: its rounding errors would then be as large as the rest. */
function orthogonalize(vector: Float64Array, basis: readonly Float64Array[]): void {
  for (let round = 0; round < 2; round++) {
    const before = dot(vector, vector)
    for (const each of basis) subtract(vector, each, dot(each, vector))
    if (dot(vector, vector) > 0.5 * before) return
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
