import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { dataInf } from './dataInf.js'
import { efim } from './efim.js'
import { gradCos } from './gradCos.js'
import { gradDot } from './gradDot.js'
import type { Scorer } from './Scorer.js'
import type { ScorerName } from './scorerNames.js'
import { trak } from './trak.js'

/** The scorers by their names in flags and reports. */
export const scorers = {
  'grad-dot': gradDot,
  'grad-cos': gradCos,
  datainf: dataInf,
  efim,
  trak,
} as const satisfies Readonly<Record<ScorerName, Scorer>>

/**
 * @throws OL1503 when there is no such scorer
 * @example
 * const { data } = scorerNamed('efim').score(recordGradients, answerGradients, { damping: 0.1 })
 */
export function scorerNamed(name: string): Scorer {
  if (Object.hasOwn(scorers, name)) return scorers[name as ScorerName]
  throw new OpenLedgerError('OL1503', { name, known: Object.keys(scorers).join(', ') })
}
