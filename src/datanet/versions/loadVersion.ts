import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Address } from '../../config/address.js'
import { workspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { parseWith } from '../../files/parseWith.js'
import { type JsonLine, readJsonLines } from '../../files/readJsonLines.js'
import { readJson } from '../../files/readText.js'
import { readWhole } from '../../files/readWhole.js'
import { buildStandardTree } from '../../merkle/buildStandardTree.js'
import { loadTree } from '../../merkle/loadTree.js'
import { parseRecord } from '../../records/parseRecord.js'
import type { DatanetVersion, VersionRecord } from './DatanetVersion.js'
import { hashBytes, leafOf, leafTypes } from './takeSnapshot.js'
import { verifySignatures } from './verifySignatures.js'
import { readVersionFile } from './versionFile.js'

/** The fields that a version adds to a contributor's line. */
const placeSchema = z.object({
  contribution: z.int().positive('must be 1 or more'),
  sequence: z.int().positive('must be 1 or more'),
})

function readRecord({ line, value }: JsonLine, path: string): VersionRecord {
  const { id: stated, contribution: _, sequence: __, ...rest } = value
  // The stated id is compared afterwards, so that the error says that the record was changed, not that a field is wrong.
  const { id, content, contributor, licence, signature } = parseRecord({ line, value: rest }, path)
  if (stated !== id) throw new OpenLedgerError('OL1143', { path, line, recordId: String(stated), actual: id })
  const refusal = (field: string, problem: string): OpenLedgerError =>
    new OpenLedgerError('OL1100', { file: path, line, field, problem })
  if (contributor === undefined) throw refusal('contributor', 'is missing')
  if (licence === undefined) throw refusal('licence', 'is missing')
  if (signature === undefined) throw refusal('signature', 'is missing')
  const place = parseWith(placeSchema, value, ({ field, problem }) => refusal(field, problem))
  return { id, contributor, licence, content, ...place, signature }
}

async function readRecords(path: string): Promise<VersionRecord[]> {
  const records: VersionRecord[] = []
  const sequences = new Map<number, string>()
  for (const each of await readJsonLines(path)) {
    const { line } = each
    const record = readRecord(each, path)
    const { id, sequence } = record
    if (records.length > 0 && id <= records[records.length - 1]!.id)
      throw new OpenLedgerError('OL1146', { path, line, recordId: id })
    const other = sequences.get(sequence)
    if (other !== undefined) throw new OpenLedgerError('OL1149', { path, line, recordId: id, sequence, other })
    sequences.set(sequence, id)
    records.push(record)
  }
  return records
}

/**
 * Reads a version of a workspace's Datanet and checks its files against each other, like {@link readVersion}.
 *
 * @throws OL1141 when there is no such version, and the errors of {@link readVersion}
 */
export async function loadVersion(workspace: string, number: number): Promise<DatanetVersion> {
  const directory = workspacePaths(workspace).version(number)
  if (!existsSync(directory)) throw new OpenLedgerError('OL1141', { version: number, directory: workspace })
  const version = await readVersion(directory)
  if (version.version === number) return version
  const path = join(directory, 'version.json')
  throw new OpenLedgerError('OL1142', { path, reason: `it is of version ${version.version}, not ${number}` })
}

/**
 * Reads the folder of a version of any Datanet and checks it: each record's id is the hash of its content, records.jsonl has the
 * content hash, and the records have the Merkle root of version.json and tree.json. It checks signatures only when the content
 * hash is wrong.
 *
 * @throws OL1100, OL1110, OL1111, OL1116, OL1142 to OL1146, OL1148, OL1149, OL1175 when its files are damaged or do not
 * agree; the error names the record if one is the cause
 */
export async function readVersion(directory: string): Promise<DatanetVersion> {
  const header = await readVersionFile(join(directory, 'version.json'))
  const path = join(directory, 'records.jsonl')
  // The records are checked before the hash, because only they show which record was changed.
  const records = await readRecords(path)
  const contentHash = hashBytes(await readWhole(path))
  if (contentHash !== header.contentHash) {
    // If a licence, a contributor or a signature was changed, the wrong signature names the record.
    await verifySignatures({ directory, identity: header.identity, records })
    throw new OpenLedgerError('OL1144', { path, actual: contentHash, expected: header.contentHash })
  }
  if (records.length !== header.recordCount) {
    const reason = `it says ${header.recordCount} records, but records.jsonl has ${records.length}`
    throw new OpenLedgerError('OL1142', { path: join(directory, 'version.json'), reason })
  }
  const tree = buildStandardTree(leafTypes, records.map(leafOf))
  const dumped = loadTree(await readJson(join(directory, 'tree.json')))
  for (const [source, expected] of [
    ['version.json', header.root],
    ['tree.json', dumped.root],
  ] as const) {
    if (tree.root !== expected) throw new OpenLedgerError('OL1145', { path, actual: tree.root, source, expected })
  }
  return { directory, ...header, records, tree }
}

export interface RecordProof {
  readonly recordId: `0x${string}`
  readonly contributor: Address
  readonly sequence: number
  readonly root: `0x${string}`
  /** For `verifyRecord` of the DatanetRegistry, `verifyProof` and every OpenZeppelin client. */
  readonly proof: readonly `0x${string}`[]
}

/**
 * The proof that a version contains a record, with its contributor and its place in the order of the Datanet.
 *
 * @throws OL1147 when the version does not contain the record
 */
export function recordProof({ records, tree, version, datanet, root }: DatanetVersion, recordId: string): RecordProof {
  const index = records.findIndex((record) => record.id === recordId.toLowerCase())
  const record = records[index]
  if (record === undefined) throw new OpenLedgerError('OL1147', { version, datanet, recordId })
  const { id, contributor, sequence } = record
  return { recordId: id, contributor, sequence, root, proof: tree.proof(index) }
}
