/**
 * Factors a symmetric positive definite matrix [n, n] in place: the lower triangle becomes L with L Lᵀ = matrix.
 *
 * @returns false if a pivot is not positive, that is, if the matrix is singular to working precision
 */
export function factorCholesky(matrix: Float64Array, n: number): boolean {
  let largest = 0
  for (let i = 0; i < n; i++) largest = Math.max(largest, matrix[i * n + i] as number)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j] as number
      for (let k = 0; k < j; k++) sum -= (matrix[i * n + k] as number) * (matrix[j * n + k] as number)
      if (i > j) matrix[i * n + j] = sum / (matrix[j * n + j] as number)
      // A pivot lost in rounding would give a finite but meaningless solution.
      else if (sum > largest * n * Number.EPSILON) matrix[i * n + i] = Math.sqrt(sum)
      else return false
    }
  }
  return true
}

/** Solves L Lᵀ x = b with a factor from {@link factorCholesky}; x replaces `b`. */
export function solveCholesky(factor: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i] as number
    for (let k = 0; k < i; k++) sum -= (factor[i * n + k] as number) * (b[k] as number)
    b[i] = sum / (factor[i * n + i] as number)
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i] as number
    for (let k = i + 1; k < n; k++) sum -= (factor[k * n + i] as number) * (b[k] as number)
    b[i] = sum / (factor[i * n + i] as number)
  }
}
