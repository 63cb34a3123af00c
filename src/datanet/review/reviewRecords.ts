import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { DatanetStore, StoredRecord } from '../store/DatanetStore.js'

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
  /** Records that were rejected because they repeat one that is rejected now: they can be approved by id. */
  readonly freed: readonly `0x${string}`[]
}

/** The record that holds the words of this one: itself where it repeats none. */
function holderOf(store: DatanetStore, record: StoredRecord): StoredRecord {
  const next = record.duplicateOf === null ? undefined : store.record(record.duplicateOf)
  return next === undefined ? record : holderOf(store, next)
}

/** Lets a record have the words of a rejected one that it repeats. */
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
 * Approves or rejects records, in one transaction. A decision may be changed later; versions that were made keep theirs. Of
 * records with the same words one at most is approved: the first, or another once the first is rejected.
 *
 * @throws OL1130 when there is no record with an id; OL1131 when a record that repeats another would be approved, and that
 * one is not rejected
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
      // As the decisions before this one left it.
      const record = store.record(id) as StoredRecord
      if (record.duplicateOf !== null) {
        // It is rejected already, and keeps the reason that names the other.
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
