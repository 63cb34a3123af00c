import { processIdentity } from '../../files/processIdentity.js'
import { anvilVersion } from '../node/anvilBinary.js'
import { rpc } from '../node/rpc.js'
import type { Anvil } from '../node/startAnvil.js'
import type { Chains } from '../setup/startChains.js'
import type { DevnetLayer, DevnetState, RestoredChains } from '../state/devnetState.js'
import type { LostBlocks } from '../state/lostBlocks.js'
import type { SavedHeader } from '../state/savedChains.js'
import type { Control } from './control.js'

export interface StateParameters {
  readonly chains: Chains
  /** The public URLs. */
  readonly urls: { readonly l1: string; readonly l2: string }
  readonly control: Pick<Control, 'url' | 'token'>
  readonly detached: boolean
  readonly restored: RestoredChains | null
}

/** The state file of a devnet that this process keeps. */
export async function stateOf({ chains, urls, control, detached, restored }: StateParameters): Promise<DevnetState> {
  const { l1, l2, addresses } = chains
  return {
    version: 2,
    anvilVersion: anvilVersion(),
    startedAt: new Date().toISOString(),
    supervisor: { pid: process.pid, identity: processIdentity(process.pid) ?? '', detached },
    control: { url: control.url, token: control.token },
    l1: await layerOf(l1, urls.l1),
    l2: await layerOf(l2, urls.l2),
    addresses,
    restored,
    fault: null,
  }
}

/**
 * Describes the saved chains that were continued. The heights come from the nodes, because a block may have been mined
 * between the header and the dump.
 *
 * @param header header of the saved chains; undefined for new chains
 * @param lost blocks above the saved ones that the logs name
 */
export async function restoredFrom(
  header: SavedHeader | undefined,
  chains: Chains,
  lost: LostBlocks,
): Promise<RestoredChains | null> {
  if (header === undefined) return null
  const [l1, l2] = await Promise.all([heightOf(chains.l1), heightOf(chains.l2)])
  return {
    savedAt: header.savedAt,
    l1,
    l2,
    lost: { l1: lost.l1.filter(({ number }) => number > l1), l2: lost.l2.filter(({ number }) => number > l2) },
  }
}

const heightOf = async ({ rpcUrl }: Anvil): Promise<number> => Number(await rpc(rpcUrl, 'eth_blockNumber'))

async function layerOf(node: Anvil, rpcUrl: string): Promise<DevnetLayer> {
  const { pid, identity, chainId, instanceId, log } = node
  return { pid, identity, chainId, instanceId, rpcUrl, log, blockNumber: await heightOf(node) }
}
