import type { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { JsonLine } from '../../files/readJsonLines.js'

/** The lines of a contribution file, before anything is checked. */
export interface Contribution {
  /** The file it came from, for messages and for the store's audit trail. */
  readonly file: string
  readonly lines: readonly JsonLine[]
  /** What is wrong with lines that are not among them, because they could not be read. */
  readonly faults?: readonly OpenLedgerError[]
}
