import { OpenLedgerError } from '../errors/OpenLedgerError.js'

/**
 * Maximum number of rows in a data file. A compressed file of a few kilobytes can contain a hundred million empty rows, which
 * would exhaust any memory.
 */
export const rowLimit = 2_000_000

/**
 * Refuses a file with too many rows.
 *
 * @throws OL1362 when there are more than {@link rowLimit}
 */
export function requireFewRows(path: string, count: number): void {
  if (count > rowLimit) throw new OpenLedgerError('OL1362', { path, limit: rowLimit })
}
