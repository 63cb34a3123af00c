/** Transposes a matrix [rows, columns]. */
export function transpose(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows
  const out = new Float32Array(matrix.length)
  for (let i = 0; i < matrix.length; i++) out[(i % columns) * rows + Math.floor(i / columns)] = matrix[i] as number
  return out
}
