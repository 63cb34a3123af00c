import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { ScoreMatrix } from '../gradients/GradientMatrix.js'
import { spearman } from './spearman.js'

export interface LinearDatamodelingScore {
  /** Mean over answers, from -1 to 1; random scores give about 0. */
  readonly mean: number
  readonly perQuery: Float64Array
}

/**
 * The linear datamodeling score (LDS), which measures how well scores predict retraining: over subsets of the records, the rank
 * correlation between the sum of a subset's scores and the outcome of a model trained on that subset alone; then the mean over
 * answers.
 *
 * @param scores [answers, records]
 * @param subsets the records of each subset
 * @param outcomes [answers, subsets]: minus the loss (or the margin) of the answer after training on the subset
 * @throws OL1510 when the shapes do not fit together
 */
export function linearDatamodelingScore(
  scores: ScoreMatrix,
  subsets: readonly (readonly number[])[],
  outcomes: ScoreMatrix,
): LinearDatamodelingScore {
  for (const [left, right, leftLength, rightLength] of [
    ['answers of the scores', 'answers of the outcomes', scores.rows, outcomes.rows],
    ['subsets', 'outcomes of an answer', subsets.length, outcomes.columns],
  ] as const)
    if (leftLength !== rightLength) throw new OpenLedgerError('OL1510', { left, right, leftLength, rightLength })
  const perQuery = new Float64Array(scores.rows)
  for (let query = 0; query < scores.rows; query++) {
    const predicted = subsets.map((subset) =>
      subset.reduce((sum, record) => sum + (scores.data[query * scores.columns + record] as number), 0),
    )
    const from = query * outcomes.columns
    perQuery[query] = spearman(predicted, outcomes.data.subarray(from, from + outcomes.columns))
  }
  return { mean: perQuery.reduce((sum, value) => sum + value, 0) / scores.rows, perQuery }
}
