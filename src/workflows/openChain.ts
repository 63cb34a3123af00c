import type { Address, LocalAccount } from 'viem'
import { createChainClient, type ReadClient, type WriteClient } from '../chain/createChainClient.js'
import { type ContractName, contractAddress, defineNetwork, isLocalNetwork, type Network } from '../chain/networks.js'
import { localNetwork } from '../config/localNetwork.js'
import type { NetworkConfig } from '../config/mergeNetworks.js'
import { devAccounts } from '../devnet/accounts.js'
import { devnetNetworks } from '../devnet/devnetNetworks.js'
import type { DevnetState } from '../devnet/devnetState.js'
import { requireDevnet } from '../devnet/devnetStatus.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'

export type DevAccountName = keyof ReturnType<typeof devAccounts>

/** A network with its contracts, and who may sign on it. */
export interface Chain {
  readonly network: Network
  /** Reads only. */
  readonly client: ReadClient
  /** Set where the network is the workspace's own devnet. */
  readonly devnet: DevnetState | undefined
  address(contract: ContractName): Address
  /**
   * A client that signs as one of the devnet's accounts.
   *
   * @throws OL1808 on a network that is not local
   */
  as(name: DevAccountName): WriteClient
}

export interface OpenChainParameters {
  /** Folder of the workspace. */
  readonly workspace: string
  /** As in the configuration; `devnet` is the workspace's own. */
  readonly network: string
  readonly networks: Readonly<Record<string, NetworkConfig>>
}

/**
 * Finds the network that commands talk to.
 *
 * @throws OL1704 or OL1705 when it is the devnet and that does not run
 */
export async function openChain({ workspace, network: name, networks }: OpenChainParameters): Promise<Chain> {
  if (name === localNetwork) {
    const devnet = await requireDevnet(workspace)
    return chainOf(devnetNetworks(devnet).l2, devnet)
  }
  return chainOf(defineNetwork({ name, ...(networks[name] as NetworkConfig) }), undefined)
}

/** A running devnet as the chain that workflows take. */
export const devnetChain = (devnet: DevnetState): Chain => chainOf(devnetNetworks(devnet).l2, devnet)

const chainOf = (network: Network, devnet: DevnetState | undefined): Chain => ({
  network,
  devnet,
  client: createChainClient({ network }),
  address: (contract) => contractAddress(network, contract),
  as(name) {
    if (!isLocalNetwork(network)) throw new OpenLedgerError('OL1808', { network: network.name })
    const account: LocalAccount = devAccounts()[name]
    return createChainClient({ network, account })
  },
})
