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
  /** Records that repeat an earlier one. The same content is not stored again; the same words are stored as rejected. */
  readonly duplicates: readonly Duplicate[]
  /** Added records that are much like an earlier one: their reviewer should look at both. */
  readonly nearDuplicates: readonly {
    readonly recordId: `0x${string}`
    readonly line: number
    readonly nearDuplicateOf: `0x${string}`
    /** The part of the record's words that stand, in runs of three and more, in the earlier one; up to 1. */
    readonly similarity: number
  }[]
  /** Ids of the records that were stored as rejected. */
  readonly rejected: readonly `0x${string}`[]
  /** Number and contributor of each batch that was opened: one for each contributor with a stored record. */
  readonly contributions: readonly { readonly id: number; readonly contributor: Address; readonly count: number }[]
}

/**
 * Reads a contribution file of any format that {@link readRows} knows: content with `contributor`, `licence` and `signature`,
 * which may all be left out when it is added with its contributor's account.
 *
 * @param map which columns the fields are in, where they have other names; then columns that no record of the same shape has
 * are left out
 * @throws OL1103 when it is empty, and what {@link readRows} throws of a file
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

/** Opens a contribution for each contributor when the first record of theirs is stored. */
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

/** Whether records that were found to be rejected still are, and hold their words. */
function areRejected(store: DatanetStore, findings: readonly Finding[]): boolean {
  return findings.every(({ rejected }) => {
    if (rejected === undefined) return true
    const record = store.record(rejected)
    return record?.status === 'rejected' && record.duplicateOf === null
  })
}

/**
 * Lets another contributor's record `id` have the words of a rejected one. A record of the same content makes room for it, and
 * its place in the order, its signature and what was decided about it are kept beside.
 *
 * @returns what the reviewer of the new record should know
 */
function giveUpWords(store: DatanetStore, rejected: `0x${string}`, id: `0x${string}`): string {
  const { database } = store
  const { sequence, contributor } = store.record(rejected) as StoredRecord
  if (store.record(id) !== undefined) {
    // Others that repeat it go on doing so: the id is there again before the transaction ends.
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
      // The next one: records are taken in the order of the lines.
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
    // Two records with the same words cannot both be approved.
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
  /** Signs the lines that have no signature; lines may leave out `contributor` then. */
  readonly account?: LocalAccount | undefined
  /** Is given every contributor once, their signatures verified; what it throws keeps all records from being stored. */
  readonly admit?: ((contributors: readonly Address[]) => Promise<unknown>) | undefined
  /** Stops the work before anything is stored. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Adds a contribution: every line is checked, every signature verified, and then all records are stored in one transaction,
 * or none is. They are pending until somebody reviews them; what repeats an earlier record is not added (see the report), unless
 * a reviewer rejected that one from another contributor: then it is pending, as a near-duplicate.
 *
 * @throws OL1100 to OL1102 or OL1904 for a line that is no record, OL1357 for several; OL1110, OL1111, OL1116 for a wrong
 * signature; OL1112, OL1113 when it is not clear who contributes; OL1123 when the store cannot be written
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
    // Another process added records meanwhile, of which these can be copies, or approved what had been rejected.
    if (report !== undefined) return report
  }
}
