import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { GradientMatrix, ScoreMatrix } from '../gradients/GradientMatrix.js'

export interface ScorerOptions {
  /** Added to the curvature's diagonal, as a multiple of its mean eigenvalue (trace / columns). */
  readonly damping?: number
  /** TRAK only: the model's probability of each record's own answer; a record that is already known counts less. */
  readonly probabilities?: ArrayLike<number>
}

export interface Scorer {
  /** What it computes, in one line. */
  readonly summary: string
  /** Undefined for a scorer without curvature. */
  readonly defaultDamping?: number
  /**
   * Scores of every record for every answer, [queries.rows, train.rows], in float64.
   * s > 0 means that training on the record lowered the answer's loss.
   *
   * @throws OL1500 when the matrices do not fit together
   * @throws OL1501 when a gradient is not finite
   */
  readonly score: (train: GradientMatrix, queries: GradientMatrix, options?: ScorerOptions) => ScoreMatrix
}

/**
 * A damping that makes every curvature invertible.
 *
 * @throws OL1504 unless it is a positive number
 */
export function checkDamping(damping: number): number {
  if (!(damping > 0 && Number.isFinite(damping)))
    throw new OpenLedgerError('OL1504', { option: 'damping', expected: 'a positive number', value: damping })
  return damping
}
