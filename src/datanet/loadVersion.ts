import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { workspacePaths } from '../config/workspacePaths.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { readJsonLines } from '../files/readJsonLines.js'
import { readJson, readText } from '../files/readText.js'
import { buildStandardTree } from '../merkle/buildStandardTree.js'
import { loadTree } from '../merkle/loadTree.js'
import type { StandardTree } from '../merkle/StandardTree.js'
import type { Address } from './checksumAddress.js'
import { parseRecord, type RecordContent } from './parseRecord.js'
import { hashBytes, leafTypes } from './takeSnapshot.js'

export interface VersionRecord {
  readonly id: `0x${string}`
  readonly contributor: Address
  readonly licence: string
  readonly content: RecordContent
}

/** A version whose files were checked against each other. */
export interface DatanetVersion {
  readonly directory: string
  /** The Datanet's name. */
  readonly datanet: string
  readonly version: number
  /** Root of the tree over (record id, contributor). */
  readonly root: `0x${string}`
  readonly recordCount: number
  /** keccak256 of records.jsonl. */
  readonly contentHash: `0x${string}`
  readonly licence: string
  /** By record id, ascending; record i is leaf i of the tree. */
  readonly records: readonly VersionRecord[]
  readonly tree: StandardTree
}

const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/, 'is not a hash')
  .transform((text) => text as `0x${string}`)

const versionSchema = z.object({
  datanet: z.string().min(1),
  version: z.int().positive(),
  root: hash,
  recordCount: z.int().positive(),
  contentHash: hash,
  licence: z.string().min(1),
})

async function readVersionFile(path: string, number: number): Promise<z.infer<typeof versionSchema>> {
  const parsed = versionSchema.safeParse(await readJson(path))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new OpenLedgerError('OL1142', { path, reason: `\`${issue?.path.join('.')}\`: ${issue?.message}` })
  }
  if (parsed.data.version !== number) {
    throw new OpenLedgerError('OL1142', { path, reason: `it is of version ${parsed.data.version}, not ${number}` })
  }
  return parsed.data
}

async function readRecords(path: string): Promise<VersionRecord[]> {
  const records: VersionRecord[] = []
  for (const { line, value } of await readJsonLines(path)) {
    const { id: stated, ...rest } = value
    // Without its stated id first, to say that a record was changed rather than that a field is wrong.
    const { id, content, contributor, licence } = parseRecord({ line, value: rest }, path)
    if (stated !== id) throw new OpenLedgerError('OL1143', { path, line, recordId: String(stated), actual: id })
    if (contributor === undefined || licence === undefined) {
      const field = contributor === undefined ? 'contributor' : 'licence'
      throw new OpenLedgerError('OL1100', { file: path, line, field, problem: 'is missing' })
    }
    if (records.length > 0 && id <= records[records.length - 1]!.id) {
      throw new OpenLedgerError('OL1146', { path, line, recordId: id })
    }
    records.push({ id, contributor, licence, content })
  }
  return records
}

/**
 * Reads a version of a workspace's Datanet and checks all of it: each record's id is the hash of its content, records.jsonl
 * has the content hash, and the records have the Merkle root, as tree.json says too.
 *
 * @throws OL1141 when there is no such version
 * @throws OL1100, OL1142 to OL1146, OL1175 when its files are damaged or do not agree, naming the record where one is to blame
 */
export async function loadVersion(workspace: string, number: number): Promise<DatanetVersion> {
  const directory = workspacePaths(workspace).version(number)
  if (!existsSync(directory)) throw new OpenLedgerError('OL1141', { version: number, directory: workspace })
  const header = await readVersionFile(join(directory, 'version.json'), number)
  const path = join(directory, 'records.jsonl')
  // Records before hashes: the first says which record was changed, the second only that something was.
  const records = await readRecords(path)
  const contentHash = hashBytes(Buffer.from(await readText(path)))
  if (contentHash !== header.contentHash) {
    throw new OpenLedgerError('OL1144', { path, actual: contentHash, expected: header.contentHash })
  }
  if (records.length !== header.recordCount) {
    const reason = `it says ${header.recordCount} records, records.jsonl has ${records.length}`
    throw new OpenLedgerError('OL1142', { path: join(directory, 'version.json'), reason })
  }
  const tree = buildStandardTree(
    leafTypes,
    records.map(({ id, contributor }) => [id, contributor]),
  )
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
  readonly root: `0x${string}`
  /** For `verifyRecord` of the DatanetRegistry, `verifyProof` and every OpenZeppelin client. */
  readonly proof: readonly `0x${string}`[]
}

/**
 * The proof that a record is in a version, and by whom.
 *
 * @throws OL1147 when it is not in it
 */
export function recordProof({ records, tree, version, datanet, root }: DatanetVersion, recordId: string): RecordProof {
  const index = records.findIndex((record) => record.id === recordId.toLowerCase())
  const record = records[index]
  if (record === undefined) throw new OpenLedgerError('OL1147', { version, datanet, recordId })
  return { recordId: record.id, contributor: record.contributor, root, proof: tree.proof(index) }
}
