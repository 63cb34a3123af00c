import { setTimeout as sleep } from 'node:timers/promises'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { processIdentity } from '../../files/processIdentity.js'
import { reasonOf } from '../../files/reasonOf.js'
import { systemCode } from '../../files/systemCode.js'
import { Patience } from './Patience.js'

/** A process that this project started; `identity` distinguishes it from a later process with the same id. */
export interface RecordedProcess {
  readonly pid: number
  readonly identity: string
}

/**
 * Ends a process with SIGTERM, after two seconds with SIGKILL, and waits until it is gone. The function does nothing when the
 * process has already ended or its id now belongs to another process.
 *
 * @returns whether the process was running
 * @throws OL1706 when the process cannot be ended
 */
export async function stopProcess({ pid, identity }: RecordedProcess, grace = 2_000): Promise<boolean> {
  if (processIdentity(pid) !== identity) return false
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal)
    } catch (cause) {
      if (systemCode(cause) === 'ESRCH') return true
      throw new OpenLedgerError('OL1706', { pid, reason: reasonOf(cause) }, { cause })
    }
    const patience = new Patience(grace / 1_000)
    while (!patience.isOver()) {
      if (processIdentity(pid) !== identity) return true
      await sleep(5)
    }
  }
  throw new OpenLedgerError('OL1706', { pid, reason: 'it does not react to SIGKILL' })
}
