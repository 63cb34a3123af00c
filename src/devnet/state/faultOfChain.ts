import { anvilMetadata, rpcBatch } from '../node/rpc.js'
import { type DevnetAddresses, layerOfContract } from './devnetState.js'

/** Properties that distinguish a node of a devnet from any other. */
export interface KnownNode {
  readonly rpcUrl: string
  readonly chainId: number
  readonly instanceId: string
}

/**
 * Why a node is not, or no longer, a layer of a devnet: its chain was reset or replaced, has another chain id, or lacks
 * contracts of this project.
 *
 * @returns `undefined` when the node is the layer
 * @throws Error when the node does not answer
 */
export async function faultOfChain(
  layer: 'L1' | 'L2',
  node: KnownNode,
  addresses: DevnetAddresses,
): Promise<string | undefined> {
  const [{ chainId, instanceId }, missing] = await Promise.all([
    anvilMetadata(node.rpcUrl),
    missingContracts(layer, node.rpcUrl, addresses),
  ])
  if (chainId !== node.chainId) return `it reports chain id ${chainId} in place of ${node.chainId}`
  if (missing.length > 0) return `it has no ${missing.join(', ')}`
  // Each start of a node and each reset of its chain draws a new instance id.
  return instanceId === node.instanceId ? undefined : 'its chain was reset, or it is another node'
}

/** The contracts of a layer, by their names, that have no code. */
export async function missingContracts(
  layer: 'L1' | 'L2',
  rpcUrl: string,
  addresses: DevnetAddresses,
): Promise<readonly string[]> {
  const contracts = Object.entries(addresses).filter(([name]) => layerOfContract(name) === layer)
  const codes = await rpcBatch(
    rpcUrl,
    contracts.map(([, address]) => ({ method: 'eth_getCode', params: [address, 'latest'] })),
  )
  return contracts.filter((_, index) => codes[index] === '0x').map(([name]) => name)
}
