import { OpenLedgerError } from '../errors/OpenLedgerError.js'

/**
 * Rows that a data file may have: a packed file of some kilobytes can hold a hundred million empty ones, for which no memory is
 * enough.
 */
export const rowLimit = 2_000_000

/**
 * Refuses a file of too many rows.
 *
 * @throws OL1362 when there are more than {@link rowLimit}
 */
export function requireFewRows(path: string, count: number): void {
  if (count > rowLimit) throw new OpenLedgerError('OL1362', { path, limit: rowLimit })
}
