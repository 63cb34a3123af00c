import { readlink, rm, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { makeFolder } from './makeFolder.js'
import { processIdentity } from './processIdentity.js'
import { reasonOf } from './reasonOf.js'
import { systemCode } from './systemCode.js'

export interface LockOptions {
  /** Seconds to wait for a process that holds the lock; 0 gives up at once. */
  readonly patience: number
  /** The error to throw then, given the id of the process that holds the lock. */
  readonly held: (pid: number) => Error
}

/**
 * Takes a lock between processes: a symbolic link at `path` that names its owner by process id and start time. The lock of an
 * owner that has died is taken over, by one process only, and a later process with the same id is not mistaken for the owner.
 * The folder of the lock is made where it is missing.
 *
 * @returns releases the lock
 * @throws what `held` makes when another process keeps the lock for longer than the patience
 * @throws OL1901 when the link cannot be made
 * @example
 * const release = await takeLock('.adapter.lock', { patience: 0, held: (pid) => new Error(`process ${pid} trains there`) })
 * try { console.log('alone') } finally { await release() }
 */
export async function takeLock(path: string, { patience, held }: LockOptions): Promise<() => Promise<void>> {
  const deadline = performance.now() + patience * 1_000
  while (!(await acquire(path))) {
    const owner = await ownerOf(path)
    if (owner === 'nobody') await removeDead(path)
    else if (owner !== undefined && performance.now() >= deadline) throw held(owner)
    else await sleep(20)
  }
  return () => rm(path, { force: true })
}

async function acquire(path: string): Promise<boolean> {
  try {
    await makeFolder(dirname(path))
  } catch (cause) {
    throw unwritable(path, cause)
  }
  try {
    // A link to nowhere appears with its owner in it, and takes no room of a disk that is full: a devnet can be stopped then.
    await symlink(`${process.pid} ${processIdentity(process.pid)}`, path)
    return true
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return false
    throw unwritable(path, cause)
  }
}

const unwritable = (path: string, cause: unknown): OpenLedgerError =>
  new OpenLedgerError('OL1901', { path, reason: reasonOf(cause) }, { cause })

/** @throws OL1901 when it is no lock: a folder, or in a folder that is read only */
async function remove(path: string): Promise<void> {
  try {
    await rm(path, { force: true })
  } catch (cause) {
    throw unwritable(path, cause)
  }
}

/**
 * Removes the lock of an owner that has died. One process at a time does, and looks again first: another may have taken the
 * lock over since, and that lock must stay.
 */
async function removeDead(path: string): Promise<void> {
  const guard = `${path}.stale`
  if (await acquire(guard)) {
    try {
      if ((await ownerOf(path)) === 'nobody') await remove(path)
    } finally {
      await rm(guard, { force: true })
    }
  } else if ((await ownerOf(guard)) === 'nobody') await remove(guard)
  else await sleep(5)
}

/** Process id of the owner; `nobody` when that process has died; `undefined` when the lock was just given back. */
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
