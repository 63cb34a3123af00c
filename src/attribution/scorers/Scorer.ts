import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { GradientMatrix, ScoreMatrix } from '../gradients/GradientMatrix.js'

export interface ScorerOptions {
  /** Added to the curvature's diagonal, as a multiple of its mean eigenvalue (trace / columns). */
  readonly damping?: number
  /** For TRAK only: the model's probability of each record's answer; a record that the model already knows counts less. */
  readonly probabilities?: ArrayLike<number>
}

export interface Scorer {
  /** One line about the method. */
  readonly summary: string
  /** Undefined for a scorer without curvature. */
  readonly defaultDamping?: number
  /**
   * Scores every record for every answer, [queries.rows, train.rows], in float64.
   * A positive score means that training on the record lowered the loss of the answer.
   *
   * @throws OL1500 when the matrices do not fit together
   * @throws OL1501 when a gradient is not finite
   */
  readonly score: (train: GradientMatrix, queries: GradientMatrix, options?: ScorerOptions) => ScoreMatrix
}

/** @throws OL1504 when the damping is not a positive number, with which every curvature is invertible */
export function checkDamping(damping: number): number {
  if (!(damping > 0 && Number.isFinite(damping)))
    throw new OpenLedgerError('OL1504', { option: 'damping', expected: 'a positive number', value: damping })
  return damping
}
