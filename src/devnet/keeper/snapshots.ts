import { readdir, rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { workspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { readSavedChains, readSavedHeader, type SavedHeader, writeSavedChains } from '../state/savedChains.js'
import { withDevnetLock } from '../state/withDevnetLock.js'
import { askKeeper } from './control.js'
import { devnetStatus } from './devnetStatus.js'
import { clearDevnet } from './stopDevnet.js'

/** The state of both layers at one moment, under a name. */
export interface Snapshot {
  readonly name: string
  /** Absent when the file cannot be used; `problem` then says why. */
  readonly header?: SavedHeader
  readonly problem?: string
  readonly bytes: number
}

const ending = '.saved'

/**
 * Path of a snapshot's file.
 *
 * @throws OL1756 when the name is not valid
 */
function pathOf(workspace: string, name: string): string {
  if (!/^[a-z0-9][\w.-]{0,63}$/i.test(name)) throw new OpenLedgerError('OL1756', { name: JSON.stringify(name) })
  return workspacePaths(workspace).snapshot(name)
}

/** Whether a snapshot of this name exists, which saving would replace. */
export const hasSnapshot = async (workspace: string, name: string): Promise<boolean> =>
  stat(pathOf(workspace, name)).then(
    () => true,
    () => false,
  )

/**
 * Saves the state of both layers under a name, of a running or a stopped devnet. It replaces a snapshot of the same name.
 *
 * @throws OL1704 when there is neither a running devnet nor a saved one
 * @throws OL1756 when the name is not valid
 * @example
 * await saveSnapshot('.', 'paid')
 */
export const saveSnapshot = (workspace: string, name: string): Promise<SavedHeader> =>
  withDevnetLock(workspace, async () => {
    const path = pathOf(workspace, name)
    const found = await devnetStatus(workspace)
    if (found.status === 'running') await askKeeper(found.devnet, { order: 'save', name })
    else {
      const saved = await readSavedChains(workspacePaths(workspace).chains)
      if (saved === undefined) throw new OpenLedgerError('OL1704', { workspace })
      await writeSavedChains(path, saved)
    }
    return requireHeader(path, name)
  })

/**
 * Returns both layers to a snapshot, in the running devnet or for the next start. Even if the process is killed, either both
 * layers are restored or neither is.
 *
 * @throws OL1750, OL1751 when the snapshot cannot be used
 * @throws OL1753 when there is no snapshot of this name
 * @example
 * await restoreSnapshot('.', 'paid')
 */
export const restoreSnapshot = (workspace: string, name: string): Promise<SavedHeader> =>
  withDevnetLock(workspace, async () => {
    const path = pathOf(workspace, name)
    const saved = await readSavedChains(path)
    if (saved === undefined) throw new OpenLedgerError('OL1753', { name })
    const found = await devnetStatus(workspace)
    if (found.status === 'running') await askKeeper(found.devnet, { order: 'restore', name })
    else {
      if (found.status === 'stale') await clearDevnet(workspace, found.devnet)
      await writeSavedChains(workspacePaths(workspace).chains, saved)
    }
    return saved.header
  })

/**
 * Lists the workspace's snapshots, oldest first. Those that cannot be used have a `problem`.
 *
 * @example
 * const names = (await listSnapshots('.')).map(({ name }) => name)
 */
export async function listSnapshots(workspace: string): Promise<Snapshot[]> {
  const names = await readdir(workspacePaths(workspace).snapshots).catch(() => [])
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith(ending))
      .map(async (file): Promise<Snapshot> => {
        const name = basename(file, ending)
        const path = workspacePaths(workspace).snapshot(name)
        const { size: bytes } = await stat(path)
        try {
          return { name, bytes, header: await requireHeader(path, name) }
        } catch (error) {
          return { name, bytes, problem: OpenLedgerError.is(error) ? error.message : String(error) }
        }
      }),
  )
  const when = ({ header }: Snapshot): string => header?.savedAt ?? ''
  return found.sort((one, other) => when(one).localeCompare(when(other)))
}

async function requireHeader(path: string, name: string): Promise<SavedHeader> {
  const header = await readSavedHeader(path)
  if (header === undefined) throw new OpenLedgerError('OL1753', { name })
  return header
}

/**
 * Starts again from the beginning. A running devnet gets new chains at the same URLs; of a stopped devnet the saved chains
 * are removed. Snapshots stay.
 *
 * @returns whether the devnet was running
 * @example
 * afterEach(() => resetDevnet(devnet.workspace))
 */
export const resetDevnet = (workspace: string): Promise<boolean> =>
  withDevnetLock(workspace, async () => {
    const found = await devnetStatus(workspace)
    if (found.status === 'running') {
      await askKeeper(found.devnet, { order: 'reset' })
      return true
    }
    if (found.status === 'stale') await clearDevnet(workspace, found.devnet)
    await rm(workspacePaths(workspace).chains, { force: true })
    return false
  })
