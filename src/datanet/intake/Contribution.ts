import type { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { JsonLine } from '../../files/readJsonLines.js'

/** The lines of a contribution file, not yet checked. */
export interface Contribution {
  /** The source file, for messages and for the store's audit trail. */
  readonly file: string
  readonly lines: readonly JsonLine[]
  /** The errors of further lines, which could not be read. */
  readonly faults?: readonly OpenLedgerError[]
}
