import type { LocalAccount } from 'viem'
import { getCode } from 'viem/actions'
import { getOpenBalance } from '../../chain/actions/tokens/getOpenBalance.js'
import type { ReadClient } from '../../chain/client/ChainClient.js'
import { createChainClient } from '../../chain/client/createChainClient.js'
import type { Network } from '../../chain/client/networks.js'
import { toChainRequest } from '../../chain/client/toChainError.js'
import { verifyChain } from '../../chain/client/verifyChain.js'
import { localNetwork } from '../../config/localNetwork.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { type OpenConnectionParameters, resolveNetwork } from './openConnection.js'

/** The contracts that the commands talk to, whatever else a network has. */
const needed = ['DatanetRegistry', 'ModelRegistry', 'RewardPool', 'AttributionLedger', 'InferenceEscrow'] as const

/** What a look at a network found; all that is wrong with it, not the first thing only. */
export interface NetworkFindings {
  readonly network: string
  readonly chainId: number
  readonly rpcUrl: string
  /** Names of contracts that the commands need and the configuration lacks. */
  readonly missing: readonly string[]
  /** Names of contracts at whose addresses there is no code. */
  readonly empty: readonly string[]
  readonly contracts: number
  /** The account that signs there; null where each role has its own account, as on the devnet. */
  readonly account: { readonly address: `0x${string}`; readonly balanceWei: bigint } | null
  /** Why nobody can sign. */
  readonly fault: OpenLedgerError | null
}

/**
 * Looks at a network: whether its node answers and is on its chain, whether the contracts are there, and who signs with how
 * much OPEN. Opens no key.
 *
 * @throws OL1600 when nothing answers, OL1613 when it is another chain, OL1602 when no URL is known, OL1704 without a devnet
 */
export async function examineNetwork(parameters: OpenConnectionParameters): Promise<NetworkFindings> {
  const { network, signer } = await resolveNetwork(parameters)
  const client = createChainClient({ network })
  await verifyChain(client)
  const { addresses, rpcUrl, chain } = network
  const named = Object.entries(addresses).flatMap(([name, address]) =>
    address === undefined ? [] : [{ name, address }],
  )
  const codes = await Promise.all(
    named.map(({ address }) => toChainRequest(client, 'eth_getCode', () => getCode(client, { address }))),
  )
  const who = await whoSigns(parameters.network, client, network, signer)
  return {
    network: network.name,
    chainId: chain.id,
    rpcUrl,
    missing: needed.filter((name) => addresses[name] === undefined),
    empty: named.filter((_, i) => codes[i] === undefined).map(({ name }) => name),
    contracts: named.length,
    ...who,
  }
}

async function whoSigns(
  name: string,
  client: ReadClient,
  network: Network,
  signer: () => LocalAccount | undefined,
): Promise<Pick<NetworkFindings, 'account' | 'fault'>> {
  try {
    const address = signer()?.address
    if (address === undefined && name !== localNetwork)
      throw new OpenLedgerError('OL1624', { network: network.name, chainId: network.chain.id })
    if (address === undefined) return { account: null, fault: null }
    createChainClient({ network, account: signer() as LocalAccount })
    return { account: { address, balanceWei: await getOpenBalance(client, { account: address }) }, fault: null }
  } catch (error) {
    if (!OpenLedgerError.is(error)) throw error
    return { account: null, fault: error }
  }
}
