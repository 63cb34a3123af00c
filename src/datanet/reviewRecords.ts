import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import type { DatanetStore, StoredRecord } from './DatanetStore.js'

export interface Review {
  readonly decision: 'approve' | 'reject'
  /** Ids of the records; or `all` pending ones but near-duplicates, which must be decided on by id. */
  readonly records: readonly string[] | 'all'
  /** Who decides: an address or a name. */
  readonly reviewer: string
  readonly reason?: string | undefined
}

export interface ReviewReport {
  readonly approved: number
  readonly rejected: number
  /** Pending near-duplicates that `all` left for a decision by id. */
  readonly left: readonly `0x${string}`[]
}

function chosen(store: DatanetStore, ids: Review['records']): { records: StoredRecord[]; left: `0x${string}`[] } {
  if (ids === 'all') {
    const pending = store.records('pending')
    const left = pending.filter((record) => record.nearDuplicateOf !== null)
    return { records: pending.filter((record) => record.nearDuplicateOf === null), left: left.map(({ id }) => id) }
  }
  const records = [...new Set(ids)].map((id) => {
    const record = store.record(id)
    if (record === undefined) throw new OpenLedgerError('OL1130', { datanet: store.info.name, recordId: id })
    return record
  })
  return { records, left: [] }
}

/**
 * Approves or rejects records, in one transaction. A decision may be changed later; versions that were made keep theirs.
 *
 * @throws OL1130 when there is no record with an id; OL1131 when a record that repeats another would be approved
 * @example
 * reviewRecords(store, { decision: 'approve', records: 'all', reviewer: account.address })
 */
export function reviewRecords(store: DatanetStore, { decision, records: ids, reviewer, reason }: Review): ReviewReport {
  return store.transact(() => {
    const { records, left } = chosen(store, ids)
    const status = decision === 'approve' ? 'approved' : 'rejected'
    const decide = store.database.prepare('UPDATE records SET status = ?, reviewer = ?, reason = ? WHERE id = ?')
    let decided = 0
    for (const { id, duplicateOf, reason: why } of records) {
      if (duplicateOf !== null) {
        // It is rejected for good, and keeps the reason that names the first.
        if (decision === 'reject') continue
        throw new OpenLedgerError('OL1131', { recordId: id, reason: `it ${why}` })
      }
      decide.run(status, reviewer, reason ?? null, id)
      decided++
    }
    return { approved: 0, rejected: 0, [status]: decided, left }
  })
}
