import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { DatanetStore, StoredRecord } from '../store/DatanetStore.js'

export interface Review {
  readonly decision: 'approve' | 'reject'
  /** Ids of the records, or `all`: all pending records except near-duplicates, which need a decision by id. */
  readonly records: readonly string[] | 'all'
  /** Address or name of the reviewer. */
  readonly reviewer: string
  readonly reason?: string | undefined
}

export interface ReviewReport {
  readonly approved: number
  readonly rejected: number
  /** Pending near-duplicates that `all` left for a decision by id. */
  readonly left: readonly `0x${string}`[]
  /** Records that were rejected because they repeat one that is now rejected. They can be approved by id. */
  readonly freed: readonly `0x${string}`[]
}

/** The record that holds the words of this one: the record itself when it repeats none. */
function holderOf(store: DatanetStore, record: StoredRecord): StoredRecord {
  const next = record.duplicateOf === null ? undefined : store.record(record.duplicateOf)
  return next === undefined ? record : holderOf(store, next)
}

/** Gives a record the words of the rejected one that it repeats. */
function takeWords({ database }: DatanetStore, { id }: StoredRecord, holder: StoredRecord): void {
  database
    .prepare('UPDATE records SET duplicateOf = NULL, nearDuplicateOf = ?, similarity = 1 WHERE id = ?')
    .run(holder.id, id)
  database.prepare('UPDATE records SET duplicateOf = ? WHERE id = ?').run(id, holder.id)
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
 * Approves or rejects records in one transaction. A later review may change the decision; existing versions keep theirs. Of
 * records with the same words at most one is approved: the first, or another one after the first is rejected.
 *
 * @throws OL1130 when there is no record with an id; OL1131 when the record to approve repeats another one that is not
 * rejected
 * @example
 * reviewRecords(store, { decision: 'approve', records: 'all', reviewer: account.address })
 */
export function reviewRecords(store: DatanetStore, { decision, records: ids, reviewer, reason }: Review): ReviewReport {
  return store.transact(() => {
    const { records, left } = chosen(store, ids)
    const status = decision === 'approve' ? 'approved' : 'rejected'
    const decide = store.database.prepare('UPDATE records SET status = ?, reviewer = ?, reason = ? WHERE id = ?')
    const repeating = store.database
      .prepare<[string], `0x${string}`>('SELECT id FROM records WHERE duplicateOf = ? ORDER BY sequence')
      .pluck()
    const freed: `0x${string}`[] = []
    let decided = 0
    for (const { id } of records) {
      // Earlier decisions of this review may have changed the record.
      const record = store.record(id) as StoredRecord
      if (record.duplicateOf !== null) {
        // The record is already rejected, and keeps the reason that names the other one.
        if (decision === 'reject') continue
        const holder = holderOf(store, record)
        if (holder.status !== 'rejected') {
          const why = `it has the words of ${holder.id}, which ${holder.contributor} added`
          throw new OpenLedgerError('OL1131', { recordId: id, reason: why })
        }
        takeWords(store, record, holder)
      }
      decide.run(status, reviewer, reason ?? null, id)
      decided++
      if (decision === 'reject') freed.push(...repeating.all(id))
    }
    return { approved: 0, rejected: 0, [status]: decided, left, freed }
  })
}
