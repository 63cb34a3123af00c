import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { canonicalJson } from '../../files/canonicalJson.js'
import { reasonOf } from '../../files/reasonOf.js'
import { buildStandardTree } from '../../merkle/buildStandardTree.js'
import type { DatanetStore, VersionRow } from '../store/DatanetStore.js'
import { leafOf, leafTypes, type Snapshot, takeSnapshot } from './takeSnapshot.js'
import { versionFormat } from './versionFile.js'

export interface CreatedVersion extends VersionRow {
  /** False when the approved records are those of the latest version, which the function then returns. */
  readonly created: boolean
  /** The folder with records.jsonl, version.json and tree.json. */
  readonly directory: string
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function writeSynced(path: string, data: Uint8Array): void {
  const file = openSync(path, 'wx')
  try {
    for (let at = 0; at < data.length; ) at += writeSync(file, data, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Under the lock nobody else writes here: what begins with a dot was left by a process that died, or moved away. */
function clearLeftovers(versions: string): void {
  for (const left of readdirSync(versions).filter((entry) => entry.startsWith('.'))) {
    rmSync(join(versions, left), { recursive: true })
  }
}

/**
 * Puts a folder with these files at `versions`/`name`, as one step. Only to be called under the store's write lock. It is
 * synchronous, unlike `makeFolderAtomic`, because a transaction of SQLite waits for nothing.
 */
function placeFolder(versions: string, name: string, files: Readonly<Record<string, Uint8Array>>): void {
  try {
    mkdirSync(versions, { recursive: true })
    clearLeftovers(versions)
    const temporary = join(versions, `.${name}`)
    const place = join(versions, name)
    mkdirSync(temporary)
    for (const [file, data] of Object.entries(files)) writeSynced(join(temporary, file), data)
    syncFolder(temporary)
    // A folder without a row is of a process that died before it could report the version. It is moved away whole first:
    // removing takes many steps, and a process that died among them would leave a part of it under the version's name.
    if (existsSync(place)) renameSync(place, join(versions, `.unreported-${name}`))
    renameSync(temporary, place)
    syncFolder(versions)
    clearLeftovers(versions)
  } catch (cause) {
    throw new OpenLedgerError('OL1901', { path: join(versions, name), reason: reasonOf(cause) }, { cause })
  }
}

/** The version that {@link createVersion} would make. */
export interface VersionPreview extends Omit<VersionRow, 'createdAt'> {
  readonly created: boolean
}

/**
 * Computes the version that the approved records would make, without writing anything.
 *
 * @throws OL1140 when no record is approved
 */
export function previewVersion(store: DatanetStore): VersionPreview {
  const { leaves, contentHash } = approved(store)
  const latest = store.versions().at(-1)
  if (latest?.contentHash === contentHash) return { ...latest, created: false }
  const { root, leafCount: recordCount } = treeOf(leaves)
  return { version: (latest?.version ?? 0) + 1, root, recordCount, contentHash, created: true }
}

function approved(store: DatanetStore): Snapshot {
  const snapshot = takeSnapshot(store)
  if (snapshot.leaves.length === 0) throw new OpenLedgerError('OL1140', { datanet: store.info.name })
  return snapshot
}

const treeOf = (leaves: Snapshot['leaves']) => buildStandardTree(leafTypes, leaves.map(leafOf))

/**
 * Makes a version of the approved records: first the folder `datanet/versions/<n>`, then its row in the store. A crash may leave
 * a folder without a row, but never a row without a folder. A second process waits. The same approved records give the same
 * bytes.
 *
 * @param first number of the store's first version; more than 1 when the store continues an imported version
 * @throws OL1140 when no record is approved; OL1901 when the folder cannot be written; OL1123 when the store cannot be
 * @example
 * const { version, root, created } = createVersion(store)
 */
export function createVersion(store: DatanetStore, first = 1): CreatedVersion {
  return store.transact(() => {
    const { name: datanet, ...info } = store.info
    const { leaves, bytes, contentHash } = approved(store)
    const latest = store.versions().at(-1)
    if (latest?.contentHash === contentHash) {
      return { ...latest, created: false, directory: store.paths.version(latest.version) }
    }
    const tree = treeOf(leaves)
    const version = latest === undefined ? first : latest.version + 1
    const { root, leafCount: recordCount } = tree
    const json = (value: unknown) => Buffer.from(`${canonicalJson(value)}\n`)
    placeFolder(store.paths.versions, String(version), {
      'records.jsonl': bytes,
      'tree.json': json(tree.dump()),
      'version.json': json({ format: versionFormat, datanet, ...info, version, root, recordCount, contentHash }),
    })
    const row = { version, root, recordCount, contentHash, createdAt: new Date().toISOString() }
    store.database
      .prepare('INSERT INTO versions VALUES (@version, @root, @recordCount, @contentHash, @createdAt)')
      .run(row)
    return { ...row, created: true, directory: store.paths.version(version) }
  })
}
