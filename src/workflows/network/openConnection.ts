import type { LocalAccount } from 'viem'
import type { ReadClient, WriteClient } from '../../chain/client/ChainClient.js'
import { contractAddress } from '../../chain/client/contractAddress.js'
import { createChainClient } from '../../chain/client/createChainClient.js'
import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import type { Review } from '../../chain/client/guardAccount.js'
import { type ContractName, defineNetwork, isLocalNetwork, type Network } from '../../chain/client/networks.js'
import { planTransaction } from '../../chain/client/planTransaction.js'
import { verifyChain } from '../../chain/client/verifyChain.js'
import type { NetworkConfig } from '../../config/mergeNetworks.js'
import { requireDevnet } from '../../devnet/keeper/devnetStatus.js'
import { devAccounts } from '../../devnet/state/accounts.js'
import type { DevAccountName } from '../../devnet/state/devAccountNames.js'
import { devnetNetworks } from '../../devnet/state/devnetNetworks.js'
import type { DevnetState } from '../../devnet/state/devnetState.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { chooseSigner, describedNetwork, type SignerParameters } from './accounts.js'

/** A connection to a network: clients that read and sign there, and the contracts. */
export interface Connection {
  readonly network: Network
  /** Reads only. */
  readonly client: ReadClient
  /** Set where the network is the workspace's own devnet. */
  readonly devnet: DevnetState | undefined
  /** Whether it is a development chain on this machine, where nothing is worth asking about. */
  readonly local: boolean
  address(contract: ContractName): `0x${string}`
  /**
   * A client that signs in a role: as the account that was chosen for this run or network, else, where the network is
   * local, as the devnet's account of that name.
   *
   * @throws OL1601 when the chosen account is a public test key and the network is not local
   * @throws OL1624 when none is chosen and the network is not local
   * @throws OL1614, OL1616, OL1619 or OL1625 when the chosen one cannot be used
   */
  as(role: DevAccountName): WriteClient
  /**
   * What an action would send first in a role, checked against the chain as it is now; nothing where it sends nothing.
   * Opens no key.
   *
   * @throws as {@link as}, and what the action throws
   */
  plan(role: DevAccountName, act: (client: WriteClient) => Promise<unknown>): Promise<readonly PlannedTransaction[]>
}

export interface OpenConnectionParameters extends SignerParameters {
  /** Folder of the workspace. */
  readonly workspace: string
}

/**
 * Finds the network that commands talk to, and who signs there. Asks for no key yet.
 *
 * @throws OL1600 when nothing answers, OL1613 when what answers is on another chain
 * @throws OL1704 or OL1705 when it is the devnet and that does not run
 */
export async function openConnection(parameters: OpenConnectionParameters): Promise<Connection> {
  const { network, devnet, signer } = await resolveNetwork(parameters)
  // Also for who only reads: what another chain says would pass for this one's.
  if (devnet === undefined) await verifyChain(createChainClient({ network }))
  return connectionOf(network, devnet, signer, parameters.signing.review)
}

/** A network, and who was chosen to sign on it. */
export interface ResolvedNetwork {
  readonly network: Network
  readonly devnet: DevnetState | undefined
  /** Undefined where nobody is chosen. Throws what keeps the chosen account from being used. */
  signer(): LocalAccount | undefined
}

/** The part of {@link openConnection} that looks things up. */
export async function resolveNetwork(parameters: OpenConnectionParameters): Promise<ResolvedNetwork> {
  const { workspace, network: name } = parameters
  const described = describedNetwork(parameters)
  const devnet = described === undefined ? await requireDevnet(workspace) : undefined
  const network = devnet === undefined ? networkOf(name, described) : devnetNetworks(devnet).l2
  // A command that only reads is not disturbed by an account that cannot be used.
  const chosen = await chooseSigner(parameters).catch((error: unknown) => {
    if (OpenLedgerError.is(error)) return error
    throw error
  })
  return {
    network,
    devnet,
    signer() {
      if (OpenLedgerError.is(chosen)) throw chosen
      return chosen
    },
  }
}

const networkOf = (name: string, described: NetworkConfig | undefined): Network =>
  defineNetwork({ name, ...(described as NetworkConfig) })

/** The connection to a running devnet; every role is played by its account of that name. */
export const devnetConnection = (devnet: DevnetState): Connection =>
  connectionOf(devnetNetworks(devnet).l2, devnet, () => undefined, undefined)

function connectionOf(
  network: Network,
  devnet: DevnetState | undefined,
  signer: () => LocalAccount | undefined,
  review: Review | undefined,
): Connection {
  const local = isLocalNetwork(network)
  const accountOf = (role: DevAccountName): LocalAccount => {
    const account = signer() ?? (local ? devAccounts()[role] : undefined)
    if (account !== undefined) return account
    throw new OpenLedgerError('OL1624', { network: network.name, chainId: network.chain.id })
  }
  return {
    network,
    devnet,
    local,
    client: createChainClient({ network }),
    address: (contract) => contractAddress(network, contract),
    as: (role) =>
      createChainClient({ network, account: accountOf(role), ...(!local && review !== undefined && { review }) }),
    async plan(role, act) {
      const planned = await planTransaction(network, accountOf(role), act)
      return planned === undefined ? [] : [planned]
    },
  }
}
