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

/** How a devnet was when it was stopped. */
export interface StoppedDevnet {
  /** Whether anything of it was running. */
  readonly stopped: boolean
  /** That it had ended by itself before, or had to be ended by force, and the blocks that this has cost; `null` when it ended in order. */
  readonly crash: { readonly reason: string; readonly lost: LostBlocks } | null
}

/**
 * Stops the workspace's devnet, whoever started it. Its chains are saved, and the next start goes on from there. One that
 * had ended by itself is cleared away; what was not saved of it is told here, and not by the next start.
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
    // Saved chains that cannot be read are the next start's to refuse.
    const saved = await readSavedHeader(workspacePaths(workspace).chains).catch(() => undefined)
    const lost = saved === undefined ? { l1: [], l2: [] } : await lostBlocks(workspace, saved)
    return { stopped, crash: { reason, lost } }
  })

/**
 * The process that keeps it saves the chains and ends the nodes.
 *
 * @returns why it did not
 */
async function stopInOrder(devnet: DevnetState): Promise<string | undefined> {
  const { supervisor: keeper, control, fault } = devnet
  if (fault !== null) return fault
  if (processIdentity(keeper.pid) !== keeper.identity) return `Process ${keeper.pid}, which kept it, is gone`
  try {
    const here = keepers.get(control.token)
    await (here === undefined ? askKeeper(devnet, { order: 'stop' }, 20_000) : here.stop())
  } catch (cause) {
    // It hangs, or has lost its devnet: what is left is ended from here.
    return reasonOf(cause)
  }
  const deadline = performance.now() + 5_000
  while (keeper.detached && processIdentity(keeper.pid) === keeper.identity) {
    if (performance.now() > deadline) return `Process ${keeper.pid}, which keeps it, did not end`
    await sleep(5)
  }
  return undefined
}

/** Ends what is left of a recorded devnet, then removes the record. The caller holds the lock. */
export async function clearDevnet(workspace: string, devnet: DevnetState): Promise<boolean> {
  // A process that started a devnet for itself, a test for example, has other things to do.
  const keeper = devnet.supervisor.detached ? await stopProcess(devnet.supervisor) : false
  const [l2, l1] = await Promise.all([stopProcess(devnet.l2), stopProcess(devnet.l1)])
  await removeDevnet(workspace)
  return keeper || l1 || l2
}
