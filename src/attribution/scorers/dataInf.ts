import { dotProducts, type RowView, rowsOf, squaredNorms } from '../gradients/dotProducts.js'
import { checkComparable, finiteScores } from '../gradients/GradientMatrix.js'
import { checkDamping, type Scorer } from './Scorer.js'

const defaultDamping = 0.1

/**
 * DataInf (Kwon et al., arXiv 2310.00902) replaces the inverse of the mean curvature, block by block, by the mean of inverses,
 * (1/n) Σᵢ (gᵢ gᵢᵀ + λ I)⁻¹, each of which has a closed form. With P = G Vᵀ and W = P / (λ + |g|²) the scores of all answers
 * are G (V - Wᵀ G / n)ᵀ / λ, at a cost linear in records, columns and answers.
 */
export const dataInf: Scorer = {
  summary: 'DataInf: mean of rank-one inverses, block by block',
  defaultDamping,
  score(train, queries, options = {}) {
    checkComparable(train, queries)
    const damping = checkDamping(options.damping ?? defaultDamping)
    const data = new Float64Array(queries.rows * train.rows)
    for (const block of train.blocks) {
      const records = rowsOf(train, block)
      const answers = rowsOf(queries, block)
      const norms = squaredNorms(records)
      const lambda = (damping * norms.reduce((sum, norm) => sum + norm, 0)) / (train.rows * block.size)
      // No record has a gradient in this block (lora_A before its first step), so it adds nothing.
      if (lambda === 0) continue
      const weights = dotProducts(answers, records)
      for (let i = 0; i < weights.length; i++)
        weights[i] = (weights[i] as number) / ((lambda + (norms[i % train.rows] as number)) * train.rows)
      const scores = dotProducts(lessCombinations(answers, records, weights), records)
      for (let i = 0; i < scores.length; i++) data[i] = (data[i] as number) + (scores[i] as number) / lambda
    }
    return finiteScores({ rows: queries.rows, columns: train.rows, data }, train, queries)
  },
}

/** Computes a - weights b, with weights [a.rows, b.rows]. */
function lessCombinations(a: RowView, b: RowView, weights: Float64Array): RowView {
  const { rows, columns } = a
  const data = new Float64Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    const start = row * a.stride + a.offset
    data.set(a.data.subarray(start, start + columns), row * columns)
  }
  // One record's row at a time is widened to float64 and stays in the L1 cache while all answers use it.
  const record = new Float64Array(columns)
  for (let i = 0; i < b.rows; i++) {
    const source = i * b.stride + b.offset
    record.set(b.data.subarray(source, source + columns))
    for (let row = 0; row < rows; row++) {
      const weight = weights[row * b.rows + i] as number
      const target = row * columns
      for (let k = 0; k < columns; k++) data[target + k] = (data[target + k] as number) - weight * (record[k] as number)
    }
  }
  return { rows, columns, stride: columns, offset: 0, data }
}
