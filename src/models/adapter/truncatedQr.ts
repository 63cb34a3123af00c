/**
 * The first columns of Q and the first rows of R in the QR decomposition of a matrix: their product is the part of the
 * matrix that its first columns span. Computed by Householder reflections (1958,
 * https://doi.org/10.1145/320941.320947) in float64.
 *
 * @param matrix [rows, columns]
 * @param count number of columns of Q; at most rows and columns
 * @returns b [rows, count], the columns of Q; a [count, columns], the rows of R
 * @example
 * const { a, b } = truncatedQr(weight, 64, 64, 4)
 */
export function truncatedQr(
  matrix: Float32Array,
  rows: number,
  columns: number,
  count: number,
): { readonly a: Float32Array; readonly b: Float32Array } {
  const r = Float64Array.from(matrix)
  const mirrors: { readonly from: number; readonly normal: Float64Array }[] = []
  for (let k = 0; k < count; k++) {
    const normal = new Float64Array(rows - k)
    let squares = 0
    for (let i = k; i < rows; i++) {
      const value = r[i * columns + k] as number
      normal[i - k] = value
      squares += value * value
    }
    const first = normal[0] as number
    // This sign avoids cancellation; the result does not depend on it.
    normal[0] = first + (first < 0 ? -1 : 1) * Math.sqrt(squares)
    reflect(r, columns, { from: k, normal })
    mirrors.push({ from: k, normal })
  }
  const q = new Float64Array(rows * count)
  for (let k = 0; k < count; k++) q[k * count + k] = 1
  for (const mirror of mirrors.reverse()) reflect(q, count, mirror)
  const a = Float32Array.from({ length: count * columns }, (_, i) =>
    i % columns < Math.floor(i / columns) ? 0 : (r[i] as number),
  )
  return { a, b: Float32Array.from(q) }
}

/** Reflects every column x of a matrix, from a row on: x - 2 n (n . x) / (n . n). */
function reflect(
  matrix: Float64Array,
  columns: number,
  { from, normal }: { readonly from: number; readonly normal: Float64Array },
): void {
  const squares = normal.reduce((sum, value) => sum + value * value, 0)
  if (squares === 0) return
  const products = new Float64Array(columns)
  for (const [i, value] of normal.entries()) {
    const start = (from + i) * columns
    for (let j = 0; j < columns; j++) products[j] = (products[j] as number) + value * (matrix[start + j] as number)
  }
  for (const [i, value] of normal.entries()) {
    const start = (from + i) * columns
    const factor = (2 * value) / squares
    for (let j = 0; j < columns; j++)
      matrix[start + j] = (matrix[start + j] as number) - factor * (products[j] as number)
  }
}
