import { setImmediate } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'
import type { ParsedRecord } from '../../records/parseRecord.js'
import type { RecordContent } from '../../records/RecordContent.js'
import type { RecordStatus } from '../store/DatanetStore.js'
import { type ComparedRecord, duplicateFinder, type Finding } from './duplicateFinder.js'

/** The sequence of the newest record of a store; 0 when it has none. */
export const newestSequence = (database: Database): number =>
  database.prepare<[], number>('SELECT coalesce(max(sequence), 0) FROM records').pluck().get() ?? 0

/** Number of records to read before the event loop gets a turn, which also receives Ctrl-C. */
const recordsAtOnce = 500

/** How records repeat those of a store and each other, and the newest record of the store that was compared. */
export interface Findings {
  readonly findings: readonly Finding[]
  readonly newest: number
}

/**
 * Compares records with all records of a store and with each other, without a lock. The findings are valid only as long as
 * `newest` is the store's newest record.
 */
export async function findDuplicates(
  database: Database,
  records: readonly (ComparedRecord & Pick<ParsedRecord, 'line'>)[],
  signal?: AbortSignal,
): Promise<Findings> {
  type Row = Omit<ComparedRecord, 'content'> & {
    readonly sequence: number
    readonly content: string
    readonly status: RecordStatus
    readonly duplicateOf: string | null
  }
  const after = database.prepare<[number, number], Row>(
    'SELECT sequence, id, contributor, content, status, duplicateOf FROM records WHERE sequence > ? ORDER BY sequence LIMIT ?',
  )
  const finder = duplicateFinder()
  let newest = 0
  for (let rows = after.all(newest, recordsAtOnce); rows.length > 0; rows = after.all(newest, recordsAtOnce)) {
    for (const row of rows) {
      finder.remember(
        { ...row, content: JSON.parse(row.content) as RecordContent },
        { repeats: row.duplicateOf !== null, isRejected: row.status === 'rejected' },
      )
      newest = row.sequence
    }
    await giveWay(signal)
  }
  const findings: Finding[] = []
  for (const [i, record] of records.entries()) {
    if (i % recordsAtOnce === 0) await giveWay(signal)
    const finding = finder.find(record)
    findings.push(finding)
    finder.remember(record, { repeats: finding.duplicate !== undefined, isRejected: false })
  }
  return { findings, newest }
}

async function giveWay(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate()
  signal?.throwIfAborted()
}
