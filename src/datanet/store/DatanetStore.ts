import type { Database } from 'better-sqlite3'
import type { Address } from '../../config/address.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'

export interface DatanetInfo {
  /** The identity for which contributors sign; see `datanetIdentity`. */
  readonly identity: `0x${string}`
  /** Together with the name, the source of the identity. It is not secret. */
  readonly salt: `0x${string}`
  /** Name on chain: lower-case letters, digits and dashes. */
  readonly name: string
  readonly title: string
  readonly description: string
  /** SPDX identifier of records that do not name their own. */
  readonly licence: string
  readonly domain: string
}

export interface Contributor {
  readonly address: Address
  readonly name: string | null
  readonly speciality: string | null
}

export type RecordStatus = 'pending' | 'approved' | 'rejected'

/** A record as the store keeps it. */
export interface StoredRecord {
  /** The record's place in the order in which the Datanet accepted records: from 1, never used twice. */
  readonly sequence: number
  readonly id: `0x${string}`
  /** Canonical JSON of the content. */
  readonly content: string
  readonly contributor: Address
  readonly licence: string
  readonly signature: `0x${string}`
  readonly status: RecordStatus
  /** The reason of the decision, if there is one. */
  readonly reason: string | null
  readonly reviewer: string | null
  /** The record with the same words. Only one of the two can be approved. */
  readonly duplicateOf: `0x${string}` | null
  /**
   * The earlier record of which this one is a copy with small changes, if any; a reviewer decides. It is the record's own id when
   * a reviewer rejected the same content from another contributor.
   */
  readonly nearDuplicateOf: `0x${string}` | null
  /** Share of its words that occur, in runs of three or more, in that record. */
  readonly similarity: number | null
  /** Number of the record's contribution. */
  readonly contribution: number
  /** Time in ISO 8601, UTC. */
  readonly addedAt: string
}

export interface VersionRow {
  readonly version: number
  readonly root: `0x${string}`
  readonly recordCount: number
  readonly contentHash: `0x${string}`
  readonly createdAt: string
}

/** The publication of a version on a chain. */
export interface Publication {
  readonly version: number
  readonly chainId: number
  /** Address of the DatanetRegistry. */
  readonly registry: string
  readonly datanetId: `0x${string}`
  readonly onChainVersion: number
  readonly txHash: string
  readonly publishedAt: string
}

const recordColumns =
  'sequence, id, content, contributor, licence, signature, status, reason, reviewer, duplicateOf, nearDuplicateOf, similarity, contribution, addedAt'

/** The records of one Datanet and their history: `.openledger/datanet.db` of a workspace. `openDatanet` makes the object. */
export class DatanetStore {
  readonly paths: WorkspacePaths
  /** @internal Only this room uses it; other rooms and users call the methods. */
  readonly database: Database

  /** @internal `openDatanet` and `createDatanet` make stores. */
  constructor(paths: WorkspacePaths, database: Database) {
    this.paths = paths
    this.database = database
  }

  /** Identity, name, title, description, licence and domain of the Datanet. */
  get info(): DatanetInfo {
    const row = this.database
      .prepare<[], DatanetInfo>('SELECT identity, salt, name, title, description, licence, domain FROM datanet')
      .get()
    if (row === undefined) throw new OpenLedgerError('OL1120', { directory: this.paths.root })
    return row
  }

  /** The records of one status or of all, in the order of their sequence. */
  records(status?: RecordStatus): StoredRecord[] {
    const where = status === undefined ? '' : 'WHERE status = ?'
    const statement = this.database.prepare<string[], StoredRecord>(
      `SELECT ${recordColumns} FROM records ${where} ORDER BY sequence`,
    )
    return status === undefined ? statement.all() : statement.all(status)
  }

  /** The record with this id, or undefined. */
  record(id: string): StoredRecord | undefined {
    return this.database.prepare<[string], StoredRecord>(`SELECT ${recordColumns} FROM records WHERE id = ?`).get(id)
  }

  /** All contributors, sorted by address. */
  contributors(): Contributor[] {
    return this.database
      .prepare<[], Contributor>('SELECT address, name, speciality FROM contributors ORDER BY address')
      .all()
  }

  /** Adds a contributor, or changes the name and speciality of an existing one. */
  introduce({ address, name, speciality }: Contributor): void {
    this.transact(() =>
      this.database
        .prepare(
          `INSERT INTO contributors (address, name, speciality) VALUES (?, ?, ?)
           ON CONFLICT (address) DO UPDATE SET name = excluded.name, speciality = excluded.speciality`,
        )
        .run(address, name, speciality),
    )
  }

  /** All versions, oldest first. */
  versions(): VersionRow[] {
    return this.database.prepare<[], VersionRow>('SELECT * FROM versions ORDER BY version').all()
  }

  /** The publications of versions, oldest version first. */
  publications(): Publication[] {
    return this.database.prepare<[], Publication>('SELECT * FROM publications ORDER BY version, chainId').all()
  }

  /**
   * Notes that a version was published. A second note replaces the first, because a devnet that was reset has the same addresses.
   *
   * @throws OL1141 when there is no such version
   */
  notePublication(publication: Omit<Publication, 'publishedAt'>): void {
    const { version, chainId, registry, datanetId, onChainVersion, txHash } = publication
    this.transact(() => {
      if (!this.versions().some((row) => row.version === version)) {
        throw new OpenLedgerError('OL1141', { version, directory: this.paths.root })
      }
      this.database
        .prepare('INSERT OR REPLACE INTO publications VALUES (?, ?, ?, ?, ?, ?, ?)')
        .run(version, chainId, registry, datanetId, onChainVersion, txHash, new Date().toISOString())
    })
  }

  /**
   * Runs `work` in one transaction that holds the write lock from its start. Afterwards all of it is on the disk, or none.
   *
   * @throws OL1123 when the database cannot be written or stays locked for ten seconds
   */
  transact<Result>(work: () => Result): Result {
    try {
      return this.database.transaction(work).immediate()
    } catch (cause) {
      throw storeError(this.paths.database, cause)
    }
  }

  /** Writes the log back into the database file and closes it. */
  close(): void {
    this.database.close()
  }
}

/** Converts an error of SQLite to OL1123, and returns any other error as it is. */
export function storeError(path: string, cause: unknown): unknown {
  const isSqlite =
    typeof cause === 'object' && cause !== null && 'code' in cause && String(cause.code).startsWith('SQLITE_')
  return isSqlite ? new OpenLedgerError('OL1123', { path, reason: reasonOf(cause) }, { cause }) : cause
}
