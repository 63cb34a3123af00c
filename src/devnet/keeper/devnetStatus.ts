import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { processIdentity } from '../../files/processIdentity.js'
import { anvilMetadata } from '../node/rpc.js'
import { type DevnetAddresses, type DevnetLayer, type DevnetState, readDevnet } from '../state/devnetState.js'
import { missingContracts } from '../state/faultOfChain.js'

export type DevnetStatus =
  | { readonly status: 'running'; readonly devnet: DevnetState }
  | { readonly status: 'stopped' }
  | { readonly status: 'stale'; readonly devnet: DevnetState; readonly reason: string }

/**
 * Whether the workspace's devnet is running. The keeper and both nodes must be the processes of the state file, and the
 * nodes must answer and have the contracts.
 *
 * @throws OL1703 when the state file is damaged
 * @example
 * const found = await devnetStatus('.')
 * if (found.status === 'running') console.log(found.devnet.l2.rpcUrl)
 */
export async function devnetStatus(workspace: string): Promise<DevnetStatus> {
  const devnet = await readDevnet(workspace)
  if (devnet === undefined) return { status: 'stopped' }
  const { supervisor: keeper, fault } = devnet
  if (fault !== null) return { status: 'stale', devnet, reason: fault }
  // Without their keeper the nodes end too.
  if (processIdentity(keeper.pid) !== keeper.identity) {
    return { status: 'stale', devnet, reason: `process ${keeper.pid}, which kept it, is gone` }
  }
  const faults = await Promise.all([
    faultOf('L1', devnet.l1, devnet.addresses),
    faultOf('L2', devnet.l2, devnet.addresses),
  ])
  const reason = faults.filter((fault) => fault !== undefined).join('; ')
  return reason === '' ? { status: 'running', devnet } : { status: 'stale', devnet, reason }
}

/**
 * Finds the running devnet of a workspace, and requires one.
 *
 * @throws OL1704 when no devnet is running
 * @throws OL1705 when a devnet was started but is not healthy
 * @example
 * const { l2 } = devnetNetworks(await requireDevnet('.'))
 */
export async function requireDevnet(workspace: string): Promise<DevnetState> {
  const found = await devnetStatus(workspace)
  if (found.status === 'running') return found.devnet
  if (found.status === 'stopped') throw new OpenLedgerError('OL1704', { workspace })
  throw new OpenLedgerError('OL1705', { workspace, reason: found.reason })
}

async function faultOf(name: 'L1' | 'L2', layer: DevnetLayer, addresses: DevnetAddresses): Promise<string | undefined> {
  if (processIdentity(layer.pid) !== layer.identity) return `the ${name} node (process ${layer.pid}) is gone`
  try {
    const { chainId, instanceId } = await anvilMetadata(layer.rpcUrl)
    if (chainId === layer.chainId && instanceId === layer.instanceId) {
      const missing = await missingContracts(name, layer.rpcUrl, addresses)
      return missing.length === 0 ? undefined : `the ${name} has no ${missing.join(', ')}`
    }
    return `another node answers at ${layer.rpcUrl} in place of the ${name}`
  } catch {
    return `the ${name} node does not answer at ${layer.rpcUrl}`
  }
}
