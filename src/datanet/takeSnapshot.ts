import { canonicalJson } from '../files/canonicalJson.js'
import { keccakInto } from '../merkle/keccakInto.js'
import type { Address } from './checksumAddress.js'
import type { DatanetStore } from './DatanetStore.js'

/** What a version's leaf commits to. */
export interface SnapshotLeaf {
  readonly id: `0x${string}`
  readonly contributor: Address
}

export interface Snapshot {
  readonly leaves: readonly SnapshotLeaf[]
  /** The bytes of records.jsonl: canonical JSON lines by record id. */
  readonly bytes: Buffer
  /** keccak256 of the bytes. */
  readonly contentHash: `0x${string}`
}

/** The ABI types of a version's Merkle leaves: record id and contributor. */
export const leafTypes = ['bytes32', 'address'] as const

/** keccak256 of a file's bytes, which may be many megabytes. */
export function hashBytes(bytes: Uint8Array): `0x${string}` {
  const hash = Buffer.alloc(32)
  keccakInto(bytes, hash, 0)
  return `0x${hash.toString('hex')}`
}

/** The approved records as a version would hold them. The same records give the same bytes on every machine. */
export function takeSnapshot(store: DatanetStore): Snapshot {
  type Row = SnapshotLeaf & { content: string; licence: string }
  const rows = store.database
    .prepare<[], Row>("SELECT id, content, contributor, licence FROM records WHERE status = 'approved' ORDER BY id")
    .all()
  const lines = rows.map(({ id, content, contributor, licence }) => {
    const fields = JSON.parse(content) as Readonly<Record<string, unknown>>
    return `${canonicalJson({ ...fields, id, contributor, licence })}\n`
  })
  const bytes = Buffer.from(lines.join(''))
  return { leaves: rows.map(({ id, contributor }) => ({ id, contributor })), bytes, contentHash: hashBytes(bytes) }
}
