import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { workspacePaths } from '../config/workspacePaths.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import { systemCode } from '../files/systemCode.js'
import { processIdentity } from './processIdentity.js'

let serial = 0

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
    if (owner !== undefined && processIdentity(owner.pid) !== owner.identity) await rm(path, { force: true })
    else if (performance.now() > deadline) {
      throw new OpenLedgerError('OL1708', { pid: owner?.pid ?? 0, workspace, seconds: patience })
    } else await sleep(20)
  }
  try {
    return await action()
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(folder: string, path: string): Promise<boolean> {
  // A link appears with its content: nobody ever reads a lock without an owner.
  const signed = `${path}.${process.pid}.${serial++}`
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(signed, `${process.pid} ${processIdentity(process.pid)}`)
    await link(signed, path)
    return true
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return false
    throw new OpenLedgerError('OL1901', { path, reason: reasonOf(cause) }, { cause })
  } finally {
    await rm(signed, { force: true })
  }
}

/** `undefined` when the lock was just given back. */
async function ownerOf(path: string): Promise<{ pid: number; identity: string } | undefined> {
  const [, pid, identity] = /^(\d+) (.+)$/.exec(await readFile(path, 'utf8').catch(() => '')) ?? []
  return pid === undefined || identity === undefined ? undefined : { pid: Number(pid), identity }
}
