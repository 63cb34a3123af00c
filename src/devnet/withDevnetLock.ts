import { readlink, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { workspacePaths } from '../config/workspacePaths.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { makeFolder } from '../files/makeFolder.js'
import { reasonOf } from '../files/reasonOf.js'
import { systemCode } from '../files/systemCode.js'
import { processIdentity } from './processIdentity.js'

/**
 * Runs `action` while no other process starts or stops the devnet of the same workspace. A lock whose owner has died is
 * taken over.
 *
 * @throws OL1708 when another process keeps the lock for `patience` seconds
 * @throws OL1901 when the workspace cannot be written
 */
export async function withDevnetLock<Result>(
  workspace: string,
  action: () => Promise<Result>,
  patience = 30,
): Promise<Result> {
  const folder = workspacePaths(workspace).state
  const path = join(folder, 'devnet.lock')
  const deadline = performance.now() + patience * 1_000
  while (!(await acquire(folder, path))) {
    const owner = await ownerOf(path)
    if (owner === 'nobody') await removeDead(folder, path)
    else if (performance.now() > deadline) {
      throw new OpenLedgerError('OL1708', { pid: owner ?? 0, workspace, seconds: patience })
    } else await sleep(20)
  }
  try {
    return await action()
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(folder: string, path: string): Promise<boolean> {
  try {
    await makeFolder(folder)
    // A link to nowhere appears with its owner in it, and takes no room of a disk that is full: a devnet can be stopped then.
    await symlink(`${process.pid} ${processIdentity(process.pid)}`, path)
    return true
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return false
    throw new OpenLedgerError('OL1901', { path, reason: reasonOf(cause) }, { cause })
  }
}

/**
 * Removes the lock of an owner that has died. One at a time, and having looked again: another may have taken it over since, and
 * its lock must stay.
 */
async function removeDead(folder: string, path: string): Promise<void> {
  const guard = `${path}.stale`
  if (await acquire(folder, guard)) {
    try {
      if ((await ownerOf(path)) === 'nobody') await rm(path, { force: true })
    } finally {
      await rm(guard, { force: true })
    }
  } else if ((await ownerOf(guard)) === 'nobody') await rm(guard, { force: true })
  else await sleep(5)
}

/** Process id of the owner; `nobody` when that one has died; `undefined` when the lock was just given back. */
async function ownerOf(path: string): Promise<number | 'nobody' | undefined> {
  let text: string
  try {
    text = await readlink(path)
  } catch (cause) {
    // No link: not a lock that this version made.
    return systemCode(cause) === 'EINVAL' ? 'nobody' : undefined
  }
  const [, digits, identity] = /^(\d+) (.+)$/.exec(text) ?? []
  const pid = Number(digits)
  return identity !== undefined && processIdentity(pid) === identity ? pid : 'nobody'
}
