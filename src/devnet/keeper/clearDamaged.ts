import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { workspacePaths } from '../../config/workspacePaths.js'
import { processIdentity } from '../../files/processIdentity.js'
import { Patience } from '../node/Patience.js'
import { type RecordedProcess, stopProcess } from '../node/stopProcess.js'
import { removeDevnet } from '../state/devnetState.js'

/** Seconds in which a living keeper looks for its state file, which it does before each save. */
const keeperSeconds = 5

/**
 * Removes a state file that a crash or a full disk has cut off, and ends the processes that it still names. A keeper whose
 * state file is gone saves nothing more and ends by itself, so that the saved chains have one owner afterwards.
 *
 * @returns false when the file is whole but belongs to another version of openledger, whose devnet may be running; the
 * function then changes nothing
 */
export async function clearDamaged(workspace: string): Promise<boolean> {
  const text = await readFile(workspacePaths(workspace).devnet, 'utf8').catch(() => '')
  if (isOfAnotherVersion(text)) return false
  await removeDevnet(workspace)
  const left = processesIn(text)
  const patience = new Patience(keeperSeconds)
  while (left.length === 0 || left.some(runs)) {
    if (patience.isOver()) break
    await sleep(50)
  }
  await Promise.all(left.map((process) => stopProcess(process)))
  return true
}

const runs = ({ pid, identity }: RecordedProcess): boolean => processIdentity(pid) === identity

/** The processes that the damaged text still names, except this one, which may itself keep the devnet. */
const processesIn = (text: string): RecordedProcess[] =>
  [...text.matchAll(/"pid":\s*(\d+),\s*"identity":\s*"([^"]+)"/g)]
    .map(([, pid, identity = '']) => ({ pid: Number(pid), identity }))
    .filter(({ pid }) => pid !== process.pid)

function isOfAnotherVersion(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'version' in value && value.version !== 2
  } catch {
    return false
  }
}
