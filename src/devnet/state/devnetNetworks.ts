import { defineNetwork, type Network } from '../../chain/client/networks.js'
import type { DevnetState } from './devnetState.js'

/**
 * The two layers of a devnet as networks for chain actions. Contracts are on `l2`; `l1` has the OPEN token and the bridge.
 *
 * @example
 * const { l2 } = devnetNetworks(await requireDevnet('.'))
 * const client = createChainClient({ network: l2, account: devAccounts().user })
 */
export function devnetNetworks({ l1, l2, addresses }: DevnetState): { readonly l1: Network; readonly l2: Network } {
  const { Open, ProxyAdmin, SuperchainConfig, SystemConfig, L2OutputOracle, OptimismPortal, ...contracts } = addresses
  const bridge = { Open, ProxyAdmin, SuperchainConfig, SystemConfig, L2OutputOracle, OptimismPortal }
  // The contracts exist from the start. Searching for their block would fail, because nodes do not keep old states for long.
  const both = { deploymentBlock: 0 }
  return {
    l1: defineNetwork({ ...both, name: 'devnet-l1', chainId: l1.chainId, rpcUrl: l1.rpcUrl, addresses: bridge }),
    l2: defineNetwork({ ...both, name: 'devnet', chainId: l2.chainId, rpcUrl: l2.rpcUrl, addresses: contracts }),
  }
}
