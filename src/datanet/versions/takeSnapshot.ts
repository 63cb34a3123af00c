import type { Address } from '../../config/address.js'
import { canonicalJson } from '../../files/canonicalJson.js'
import { keccakInto } from '../../merkle/keccakInto.js'
import type { DatanetStore } from '../store/DatanetStore.js'

/** The fields that a leaf of a version commits to. */
export interface SnapshotLeaf {
  readonly id: `0x${string}`
  readonly contributor: Address
  /** The record's place in the order in which the Datanet accepted records. */
  readonly sequence: number
}

export interface Snapshot {
  readonly leaves: readonly SnapshotLeaf[]
  /** The bytes of records.jsonl: lines of canonical JSON, sorted by record id. */
  readonly bytes: Buffer
  /** keccak256 of the bytes. */
  readonly contentHash: `0x${string}`
}

/** The ABI types of a version's Merkle leaves: record id, contributor and sequence. */
export const leafTypes = ['bytes32', 'address', 'uint64'] as const

/** The value of a version's Merkle leaf. */
export const leafOf = ({ id, contributor, sequence }: SnapshotLeaf): readonly [string, string, string] => [
  id,
  contributor,
  String(sequence),
]

/** keccak256 of a file's bytes, which may be many megabytes. */
export function hashBytes(bytes: Uint8Array): `0x${string}` {
  const hash = Buffer.alloc(32)
  keccakInto(bytes, hash, 0)
  return `0x${hash.toString('hex')}`
}

/** A record's line of records.jsonl. */
export const recordLine = (
  content: object,
  { id, contributor, licence, contribution, sequence, signature }: RecordRow,
): string => `${canonicalJson({ ...content, id, contributor, licence, contribution, sequence, signature })}\n`

/** The fields of a version's line in addition to the content. */
interface RecordRow extends SnapshotLeaf {
  readonly licence: string
  readonly contribution: number
  readonly signature: string
}

/** The approved records in the form of a version. The same store gives the same bytes on every machine. */
export function takeSnapshot(store: DatanetStore): Snapshot {
  const rows = store.database
    .prepare<[], RecordRow & { content: string }>(
      `SELECT id, content, contributor, licence, contribution, sequence, signature FROM records
       WHERE status = 'approved' ORDER BY id`,
    )
    .all()
  const lines = rows.map((row) => recordLine(JSON.parse(row.content) as object, row))
  const bytes = Buffer.from(lines.join(''))
  const leaves = rows.map(({ id, contributor, sequence }) => ({ id, contributor, sequence }))
  return { leaves, bytes, contentHash: hashBytes(bytes) }
}
