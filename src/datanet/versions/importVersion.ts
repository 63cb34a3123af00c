import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { canonicalJson } from '../../files/canonicalJson.js'
import { duplicateFinder } from '../intake/duplicateFinder.js'
import type { DatanetStore } from '../store/DatanetStore.js'
import { makeDatanet } from '../store/openDatanet.js'
import { recordInserter } from '../store/recordInserter.js'
import { type CreatedVersion, createVersion } from './createVersion.js'
import type { DatanetVersion, VersionRecord } from './DatanetVersion.js'
import { hashBytes, recordLine } from './takeSnapshot.js'
import { verifySignatures } from './verifySignatures.js'

interface ImportedContribution {
  readonly id: number
  readonly contributor: string
  readonly count: number
}

/** Groups records by contribution, and checks that each contribution has one contributor. */
function contributionsOf({ directory }: DatanetVersion, inOrder: readonly VersionRecord[]): ImportedContribution[] {
  const found = new Map<number, ImportedContribution>()
  for (const { contribution: id, contributor, id: recordId } of inOrder) {
    const known = found.get(id) ?? { id, contributor, count: 0 }
    if (known.contributor !== contributor)
      throw new OpenLedgerError('OL1128', { directory, contribution: id, recordId })
    found.set(id, { ...known, count: known.count + 1 })
  }
  return [...found.values()]
}

/** Checks that the version's lines are canonical JSON. Only then can a copy have the same bytes. */
function requireCanonical({ directory, records, contentHash }: DatanetVersion): void {
  const lines = records.map(({ content, ...row }) => recordLine(content, row))
  const actual = hashBytes(Buffer.from(lines.join('')))
  if (actual !== contentHash) throw new OpenLedgerError('OL1129', { directory, contentHash, actual })
}

function insertRecords(
  { database }: DatanetStore,
  { version }: DatanetVersion,
  inOrder: readonly VersionRecord[],
  contributions: readonly ImportedContribution[],
): void {
  const addedAt = new Date().toISOString()
  const source = `version ${version}`
  const introduce = database.prepare('INSERT OR IGNORE INTO contributors (address) VALUES (?)')
  const open = database.prepare(
    'INSERT INTO contributions (id, contributor, source, count, addedAt) VALUES (?, ?, ?, ?, ?)',
  )
  for (const { id, contributor, count } of contributions) {
    introduce.run(contributor)
    open.run(id, contributor, source, count, addedAt)
  }
  const finder = duplicateFinder()
  const insert = recordInserter(database)
  for (const { id, content, contributor, licence, signature, contribution, sequence } of inOrder) {
    const record = { id, content, contributor }
    const found = finder.find({ ...record, line: sequence })
    insert({
      ...{ sequence, id, content: canonicalJson(content), contributor, licence, signature, contribution, addedAt },
      // The publisher approved the record, knowing the similar ones.
      ...{ status: 'approved', reason: null, reviewer: source, duplicateOf: null },
      nearDuplicateOf: found.near?.recordId ?? null,
      similarity: found.near?.similarity ?? null,
    })
    finder.remember(record, { repeats: found.duplicate !== undefined, isRejected: false })
  }
}

/**
 * Makes a Datanet from a version of another machine. It has the same identity, records, signatures, order and version number,
 * and its files have the same bytes. Every signature is verified before anything is written.
 *
 * @param workspace folder without a Datanet
 * @param version a version from {@link readVersion}
 * @throws OL1110, OL1111, OL1116 when a signature is wrong or for another Datanet; OL1121 when a Datanet already exists;
 * OL1128, OL1129 when the version contradicts itself
 * @example
 * await importVersion('copy', await readVersion('bees/datanet/versions/3'))
 */
export async function importVersion(
  workspace: string,
  version: DatanetVersion,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<CreatedVersion> {
  const inOrder = version.records.toSorted((a, b) => a.sequence - b.sequence)
  const contributions = contributionsOf(version, inOrder)
  requireCanonical(version)
  await verifySignatures(version, options)
  const { datanet: name, salt, title, description, licence, domain } = version
  const { store, filled } = makeDatanet(workspace, { name, salt, title, description, licence, domain }, (made) => {
    insertRecords(made, version, inOrder, contributions)
    return createVersion(made, version.version)
  })
  store.close()
  return filled
}
