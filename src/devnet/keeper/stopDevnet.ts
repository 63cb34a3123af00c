import { setTimeout as sleep } from 'node:timers/promises'
import { workspacePaths } from '../../config/workspacePaths.js'
import { processIdentity } from '../../files/processIdentity.js'
import { reasonOf } from '../../files/reasonOf.js'
import { stopProcess } from '../node/stopProcess.js'
import { type DevnetState, readDevnet, removeDevnet } from '../state/devnetState.js'
import { type LostBlocks, lostBlocks } from '../state/lostBlocks.js'
import { readSavedHeader } from '../state/savedChains.js'
import { withDevnetLock } from '../state/withDevnetLock.js'
import { askKeeper } from './control.js'
import { keepers } from './keepers.js'

/** The result of stopping a devnet. */
export interface StoppedDevnet {
  /** Whether any part of the devnet was running. */
  readonly stopped: boolean
  /** Why the devnet did not end in order, because it crashed or was killed, and the lost blocks; `null` when it ended in order. */
  readonly crash: { readonly reason: string; readonly lost: LostBlocks } | null
}

/**
 * Stops the workspace's devnet, also one that another process started. Its chains are saved, and the next start continues
 * from there. The remains of a crashed devnet are cleared away; its lost blocks are reported here, not by the next start.
 *
 * @throws OL1703 when the state file is damaged
 * @throws OL1706 when a process cannot be ended
 * @example
 * const { crash } = await stopDevnet('.')
 * if (crash !== null) console.warn(crash.lost.l2.length, 'blocks of the L2 are lost')
 */
export const stopDevnet = (workspace: string): Promise<StoppedDevnet> =>
  withDevnetLock(workspace, async () => {
    const devnet = await readDevnet(workspace)
    if (devnet === undefined) return { stopped: false, crash: null }
    const reason = await stopInOrder(devnet)
    if (reason === undefined) return { stopped: true, crash: null }
    const stopped = await clearDevnet(workspace, devnet)
    // The next start refuses saved chains that cannot be read.
    const saved = await readSavedHeader(workspacePaths(workspace).chains).catch(() => undefined)
    const lost = saved === undefined ? { l1: [], l2: [] } : await lostBlocks(workspace, saved)
    return { stopped, crash: { reason, lost } }
  })

/**
 * Lets the keeper save the chains and end the nodes.
 *
 * @returns why the keeper did not; undefined when it did
 */
async function stopInOrder(devnet: DevnetState): Promise<string | undefined> {
  const { supervisor: keeper, control, fault } = devnet
  if (fault !== null) return fault
  if (processIdentity(keeper.pid) !== keeper.identity) return `Process ${keeper.pid}, which kept it, is gone`
  try {
    const here = keepers.get(control.token)
    await (here === undefined ? askKeeper(devnet, { order: 'stop' }, 20_000) : here.stop())
  } catch (cause) {
    // The keeper hangs or has lost its devnet. The caller then ends the remains.
    return reasonOf(cause)
  }
  const deadline = performance.now() + 5_000
  while (keeper.detached && processIdentity(keeper.pid) === keeper.identity) {
    if (performance.now() > deadline) return `Process ${keeper.pid}, which keeps it, did not end`
    await sleep(5)
  }
  return undefined
}

/** Ends the remaining processes of a devnet, then removes the state file. The caller holds the lock. */
export async function clearDevnet(workspace: string, devnet: DevnetState): Promise<boolean> {
  // Only a detached keeper is ended: another process, such as a test, has other things to do.
  const keeper = devnet.supervisor.detached ? await stopProcess(devnet.supervisor) : false
  const [l2, l1] = await Promise.all([stopProcess(devnet.l2), stopProcess(devnet.l1)])
  await removeDevnet(workspace)
  return keeper || l1 || l2
}
