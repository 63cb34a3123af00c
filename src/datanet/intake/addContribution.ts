import type { LocalAccount } from 'viem/accounts'
import type { Address } from '../../config/address.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { JsonLine } from '../../files/readJsonLines.js'
import { type FieldMap, hasColumns, mapFields } from '../../records/FieldMap.js'
import { isRecord, onlyIntakeFields } from '../../records/parseRecord.js'
import { readRows } from '../../records/readRows.js'
import type { DatanetStore, StoredRecord } from '../store/DatanetStore.js'
import { recordInserter } from '../store/recordInserter.js'
import type { Contribution } from './Contribution.js'
import type { Duplicate, Finding } from './duplicateFinder.js'
import { findDuplicates, newestSequence } from './findDuplicates.js'
import { type SignedRecord, signContribution } from './signContribution.js'

export interface ContributionReport {
  /** Ids of the records that are now pending, in the order of the lines. */
  readonly added: readonly `0x${string}`[]
  /** Records that repeat an earlier one. The same content is not stored again; the same words are stored, but rejected. */
  readonly duplicates: readonly Duplicate[]
  /** Added records that are similar to an earlier one, so that a reviewer should compare both. */
  readonly nearDuplicates: readonly {
    readonly recordId: `0x${string}`
    readonly line: number
    readonly nearDuplicateOf: `0x${string}`
    /** Share of the record's words that occur, in runs of three or more, in the earlier one; up to 1. */
    readonly similarity: number
  }[]
  /** Ids of the records that were stored as rejected. */
  readonly rejected: readonly `0x${string}`[]
  /** Number and contributor of each new contribution: one for each contributor with a stored record. */
  readonly contributions: readonly { readonly id: number; readonly contributor: Address; readonly count: number }[]
}

/**
 * Reads a contribution file of any format that {@link readRows} knows: content with `contributor`, `licence` and `signature`.
 * These three may be absent when the file is added with the account of its contributor.
 *
 * @param map names the columns of the fields; columns that do not belong to the shape of a record are then left out
 * @throws OL1103 when the file is empty, and the errors of {@link readRows}
 */
export async function readContribution(file: string, map?: FieldMap): Promise<Contribution> {
  const { rows, faults } = await readRows(file, (value) =>
    map === undefined ? isRecord(value) : hasColumns(value, map),
  )
  if (rows.length + faults.length === 0) throw new OpenLedgerError('OL1103', { file })
  const lines: JsonLine[] = []
  const bad = [...faults]
  for (const row of rows) {
    const { line } = row
    const mapped = mapFields(row, map)
    if ('problem' in mapped) {
      bad.push(
        new OpenLedgerError('OL1100', { file, line, field: 'record', problem: `cannot be read: ${mapped.problem}` }),
      )
      continue
    }
    lines.push({ line, value: map === undefined ? mapped.value : onlyIntakeFields(mapped.value, Object.keys(map)) })
  }
  return { file, lines, faults: bad }
}

/** Opens a contribution for each contributor when that contributor's first record is stored. */
function contributionBook(store: DatanetStore, file: string, addedAt: string) {
  const { database } = store
  const introduce = database.prepare('INSERT OR IGNORE INTO contributors (address) VALUES (?)')
  const open = database.prepare('INSERT INTO contributions (contributor, source, count, addedAt) VALUES (?, ?, 0, ?)')
  const count = database.prepare('UPDATE contributions SET count = ? WHERE id = ?')
  const counts = new Map<Address, { id: number; contributor: Address; count: number }>()
  return {
    enter(contributor: Address): number {
      let entry = counts.get(contributor)
      if (entry === undefined) {
        introduce.run(contributor)
        entry = { id: Number(open.run(contributor, file, addedAt).lastInsertRowid), contributor, count: 0 }
        counts.set(contributor, entry)
      }
      entry.count++
      return entry.id
    },
    close() {
      for (const entry of counts.values()) count.run(entry.count, entry.id)
      return [...counts.values()]
    },
  }
}

/** Whether the records that findings name as rejected are still rejected and still hold their words. */
function areRejected(store: DatanetStore, findings: readonly Finding[]): boolean {
  return findings.every(({ rejected }) => {
    if (rejected === undefined) return true
    const record = store.record(rejected)
    return record?.status === 'rejected' && record.duplicateOf === null
  })
}

/**
 * Gives the words of a rejected record to another contributor's record `id`. A rejected record of the same content moves to the
 * table of replaced records, with its place in the order, its signature and the decision.
 *
 * @returns a note for the reviewer of the new record
 */
function giveUpWords(store: DatanetStore, rejected: `0x${string}`, id: `0x${string}`): string {
  const { database } = store
  const { sequence, contributor } = store.record(rejected) as StoredRecord
  if (store.record(id) !== undefined) {
    // Other records still refer to the id, which exists again before the transaction ends.
    database.pragma('defer_foreign_keys = ON')
    database
      .prepare(
        `INSERT INTO replacedRecords
         SELECT sequence, id, contributor, licence, signature, reason, reviewer, contribution, addedAt FROM records WHERE id = ?`,
      )
      .run(id)
    database.prepare('DELETE FROM records WHERE id = ?').run(id)
  }
  return `has the words of ${rejected}, which ${contributor} added first, as record ${sequence}, and a reviewer rejected`
}

function insertAll(
  store: DatanetStore,
  records: readonly SignedRecord[],
  findings: readonly Finding[],
  file: string,
): ContributionReport {
  const addedAt = new Date().toISOString()
  const book = contributionBook(store, file, addedAt)
  const insert = recordInserter(store.database)
  const added: `0x${string}`[] = []
  const duplicates: Duplicate[] = []
  const nearDuplicates: ContributionReport['nearDuplicates'][number][] = []
  const rejected: `0x${string}`[] = []
  for (const [i, record] of records.entries()) {
    const { id, line, canonical, contributor, licence, signature } = record
    const found = findings[i] as Finding
    if (found.duplicate !== undefined) duplicates.push(found.duplicate)
    if (found.duplicate?.kind === 'content') continue
    const held = found.rejected === undefined ? undefined : giveUpWords(store, found.rejected, id)
    insert({
      ...{ id, content: canonical, contributor, licence, signature, addedAt },
      // null means the next sequence: records are stored in the order of the lines.
      sequence: null,
      reviewer: null,
      status: found.duplicate === undefined ? 'pending' : 'rejected',
      reason: found.duplicate?.reason ?? held ?? null,
      duplicateOf: found.duplicate?.duplicateOf ?? null,
      nearDuplicateOf: found.near?.recordId ?? null,
      similarity: found.near?.similarity ?? null,
      contribution: book.enter(contributor),
    })
    if (found.duplicate !== undefined) {
      rejected.push(id)
      continue
    }
    // The reference keeps two records with the same words from both being approved.
    if (found.rejected !== undefined && found.rejected !== id)
      store.database.prepare('UPDATE records SET duplicateOf = ? WHERE id = ?').run(id, found.rejected)
    added.push(id)
    if (found.near !== undefined) {
      const { recordId: nearDuplicateOf, similarity } = found.near
      nearDuplicates.push({ recordId: id, line, nearDuplicateOf, similarity })
    }
  }
  return { added, duplicates, nearDuplicates, rejected, contributions: book.close() }
}

export interface AddContributionOptions {
  /** Signs the lines that have no signature. Lines may then leave out `contributor`. */
  readonly account?: LocalAccount | undefined
  /** Called once with every contributor, after their signatures are verified. If it throws, no record is stored. */
  readonly admit?: ((contributors: readonly Address[]) => Promise<unknown>) | undefined
  /** Stops the work before anything is stored. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Adds a contribution. The function checks every line, verifies every signature, and then stores all records in one
 * transaction, or none. The records are pending until a reviewer decides. A record that repeats an earlier one is not added
 * (see the report), unless a reviewer rejected the earlier one from another contributor: then it is pending as a near-duplicate.
 *
 * @throws OL1100 to OL1102 or OL1904 for a line that is not a record, OL1357 for several; OL1110, OL1111, OL1116 for a wrong
 * signature; OL1112, OL1113 when the contributor is not clear; OL1123 when the store cannot be written
 * @example
 * const report = await addContribution(store, await readContribution('tides.jsonl'), { account })
 * console.log(report.added.length, 'added,', report.duplicates.length, 'known already')
 */
export async function addContribution(
  store: DatanetStore,
  contribution: Contribution,
  { account, admit, signal }: AddContributionOptions = {},
): Promise<ContributionReport> {
  const signed = await signContribution(contribution, store.info, { account, signal })
  await admit?.([...new Set(signed.map(({ contributor }) => contributor))])
  for (;;) {
    const { findings, newest } = await findDuplicates(store.database, signed, signal)
    const report = store.transact(() =>
      newestSequence(store.database) === newest && areRejected(store, findings)
        ? insertAll(store, signed, findings, contribution.file)
        : undefined,
    )
    // Another process has added records, which these may repeat, or has approved a rejected one: compare again.
    if (report !== undefined) return report
  }
}
