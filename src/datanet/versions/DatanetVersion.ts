import type { Address } from '../../config/address.js'
import type { StandardTree } from '../../merkle/StandardTree.js'
import type { RecordContent } from '../../records/RecordContent.js'
import type { VersionFile } from './versionFile.js'

/** A record of a version. */
export interface VersionRecord {
  readonly id: `0x${string}`
  readonly contributor: Address
  readonly licence: string
  readonly content: RecordContent
  /** Number of the record's contribution. */
  readonly contribution: number
  /** The record's place in the order in which the Datanet accepted records: from 1, the same in every version. */
  readonly sequence: number
  /** The contributor's EIP-712 signature. Only `verifySignatures` checks it. */
  readonly signature: `0x${string}`
}

/** A version whose files were checked against each other. */
export interface DatanetVersion extends VersionFile {
  readonly directory: string
  /** The records in ascending order of their ids; record i is leaf i of the tree. */
  readonly records: readonly VersionRecord[]
  /** The tree over (record id, contributor, sequence). */
  readonly tree: StandardTree
}
