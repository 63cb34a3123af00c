import { existsSync, mkdirSync } from 'node:fs'
import Sqlite, { type Database } from 'better-sqlite3'
import { configSchema } from '../../config/schema.js'
import { type WorkspacePaths, workspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { parseWith } from '../../files/parseWith.js'
import { reasonOf } from '../../files/reasonOf.js'
import { type DatanetInfo, DatanetStore, storeError } from './DatanetStore.js'
import { datanetIdentity, randomSalt } from './datanetIdentity.js'
import { firstSchema, migrations, newestSchema } from './migrations.js'

/** Milliseconds that a writer waits for another process's transaction. */
const busyMilliseconds = 10_000

function migrate(database: Database, path: string): void {
  const found = Number(database.pragma('user_version', { simple: true }))
  if (found > newestSchema) throw new OpenLedgerError('OL1122', { path, found, known: newestSchema })
  // A new file has schema 0.
  if (found !== 0 && found < firstSchema) throw new OpenLedgerError('OL1125', { path, found, known: firstSchema })
  for (const step of migrations.slice(Math.max(0, found - firstSchema + 1))) database.exec(step)
  database.pragma(`user_version = ${newestSchema}`)
}

function open(paths: WorkspacePaths): DatanetStore {
  const path = paths.database
  let database: Database | undefined
  try {
    database = new Sqlite(path, { timeout: busyMilliseconds })
    database.pragma('journal_mode = WAL')
    // With FULL a finished transaction survives a power cut, not only the end of the process.
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    const opened = database
    opened.transaction(() => migrate(opened, path)).immediate()
    return new DatanetStore(paths, opened)
  } catch (cause) {
    database?.close()
    throw storeError(path, cause)
  }
}

/**
 * Opens the Datanet of a workspace. The caller closes it.
 *
 * @param workspace the workspace's folder
 * @throws OL1120 when there is no Datanet; OL1122 or OL1125 when a newer or an older openledger wrote it; OL1123 when it cannot
 * be used
 * @example
 * const store = openDatanet('.')
 * console.log(datanetStatus(store))
 * store.close()
 */
export function openDatanet(workspace: string): DatanetStore {
  const paths = workspacePaths(workspace)
  if (!existsSync(paths.database)) throw new OpenLedgerError('OL1120', { directory: workspace })
  const store = open(paths)
  // A process that ended between making the file and naming the Datanet leaves a database without a Datanet.
  if (hasDatanet(store)) return store
  store.close()
  throw new OpenLedgerError('OL1120', { directory: workspace })
}

const hasDatanet = (store: DatanetStore): boolean => store.database.prepare('SELECT 1 FROM datanet').get() !== undefined

function checkInfo(info: NewDatanet): void {
  parseWith(
    configSchema.shape.name,
    info.name,
    ({ problem }) => new OpenLedgerError('OL1124', { field: 'name', problem }),
  )
  for (const field of ['title', 'licence', 'domain'] as const) {
    if (info[field].trim() === '') throw new OpenLedgerError('OL1124', { field, problem: 'is blank' })
  }
}

/** The fields of a new Datanet. */
export interface NewDatanet extends Omit<DatanetInfo, 'identity' | 'salt'> {
  /** The salt of an imported Datanet, which keeps its identity. By default a new salt is drawn. */
  readonly salt?: `0x${string}`
}

/**
 * Makes the Datanet of a workspace, with a new identity.
 *
 * @throws OL1121 when the workspace has a Datanet; OL1124 when the name or another field cannot be used; OL1123 like
 * {@link openDatanet}
 */
export const createDatanet = (workspace: string, info: NewDatanet): DatanetStore =>
  makeDatanet(workspace, info, () => undefined).store

/**
 * Makes the Datanet of a workspace and fills it in one transaction: both succeed or neither does.
 *
 * @throws the same errors as {@link createDatanet}, and the errors of `fill`
 */
export function makeDatanet<Result>(
  workspace: string,
  info: NewDatanet,
  fill: (store: DatanetStore) => Result,
): { readonly store: DatanetStore; readonly filled: Result } {
  checkInfo(info)
  const paths = workspacePaths(workspace)
  try {
    mkdirSync(paths.state, { recursive: true })
  } catch (cause) {
    throw new OpenLedgerError('OL1901', { path: paths.state, reason: reasonOf(cause) }, { cause })
  }
  const store = open(paths)
  try {
    const filled = store.transact(() => {
      if (hasDatanet(store)) throw new OpenLedgerError('OL1121', { directory: workspace, name: store.info.name })
      const salt = info.salt ?? randomSalt()
      const row = { ...info, salt, identity: datanetIdentity(info.name, salt), createdAt: new Date().toISOString() }
      store.database
        .prepare(
          `INSERT INTO datanet (only, identity, salt, name, title, description, licence, domain, createdAt)
           VALUES (1, @identity, @salt, @name, @title, @description, @licence, @domain, @createdAt)`,
        )
        .run(row)
      return fill(store)
    })
    return { store, filled }
  } catch (error) {
    store.close()
    throw error
  }
}
