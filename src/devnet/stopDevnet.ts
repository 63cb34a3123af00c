import { type DevnetState, readDevnet, removeDevnet } from './devnetState.js'
import { stopProcess } from './stopProcess.js'
import { withDevnetLock } from './withDevnetLock.js'

/**
 * Stops the workspace's devnet, whoever started it, and forgets it. Its chains are not kept: the next start is a fresh one.
 *
 * @returns whether anything was running
 * @throws OL1703 when the state file is damaged
 * @throws OL1706 when a process cannot be ended
 */
export const stopDevnet = (workspace: string): Promise<boolean> =>
  withDevnetLock(workspace, async () => {
    const devnet = await readDevnet(workspace)
    return devnet === undefined ? false : clearDevnet(workspace, devnet)
  })

/** Ends what is left of a recorded devnet, then removes the record. The caller holds the lock. */
export async function clearDevnet(workspace: string, devnet: DevnetState): Promise<boolean> {
  const [l2, l1] = await Promise.all([stopProcess(devnet.l2), stopProcess(devnet.l1)])
  await removeDevnet(workspace)
  return l1 || l2
}
