import type { Abi, Address, ContractEventName, GetContractEventsReturnType } from 'viem'
import { getBlockNumber, getCode, getContractEvents } from 'viem/actions'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { ReadClient } from './ChainClient.js'
import { type ContractAddressParameter, contractAddress } from './contractAddress.js'
import { inRanges } from './inRanges.js'
import type { ContractName, Network } from './networks.js'
import { toChainRequest } from './toChainError.js'

/** The most ranges of a search from the first block, if the node cannot tell when the contract was deployed. */
const affordableRanges = 100

export interface FindEventsParameters<abi extends Abi, name extends ContractEventName<abi>>
  extends ContractAddressParameter {
  readonly contract: ContractName
  readonly abi: abi
  readonly eventName: name
  /** Values of indexed arguments. By default all events of the name are found. */
  readonly args?: Readonly<Record<string, unknown>>
  /** Search back from the newest block, and stop at the first range with an event: for one that happens once. */
  readonly newestOnly?: boolean
}

/**
 * The events of one name that a contract has emitted, the oldest first. It asks in block ranges that the network's node
 * allows, from the block in which the contract was deployed.
 *
 * @throws OL1600, OL1608 when the node does not answer or refuses
 * @throws OL1610 when neither the query nor the client's chain names the contract's address
 * @throws OL1690 when the configuration must name the contract's first block
 * @example
 * const posts = await findEvents(client, network, {
 *   contract: 'AttributionLedger',
 *   abi: attributionLedgerAbi,
 *   eventName: 'EpochPosted',
 * })
 */
export async function findEvents<const abi extends Abi, const name extends ContractEventName<abi>>(
  client: ReadClient,
  network: Network,
  { contract, newestOnly = false, ...query }: FindEventsParameters<abi, name>,
): Promise<GetContractEventsReturnType<abi, name, true>> {
  const address = contractAddress(client, contract, query.address)
  const latest = await toChainRequest(client, 'eth_blockNumber', () => getBlockNumber(client, { cacheTime: 0 }))
  const from = await deploymentBlock(client, network, address, latest)
  const ask = async (fromBlock: bigint, toBlock: bigint) =>
    (await getContractEvents(client, {
      ...(query as { abi: Abi; eventName: string }),
      address,
      fromBlock,
      toBlock,
      strict: true,
    })) as GetContractEventsReturnType<abi, name, true>
  return toChainRequest(client, 'eth_getLogs', () =>
    inRanges(ask, { from, to: latest, size: network.logRange, newestOnly }),
  )
}

const deployments = new WeakMap<Network, Map<Address, Promise<bigint>>>()

/** The first block that can have events of a contract. It is found only once for each contract. */
function deploymentBlock(client: ReadClient, network: Network, address: Address, latest: bigint): Promise<bigint> {
  if (network.deploymentBlock !== undefined) return Promise.resolve(BigInt(network.deploymentBlock))
  // The search would cost more requests than it saves.
  if (latest < BigInt(network.logRange)) return Promise.resolve(0n)
  const known = deployments.get(network) ?? new Map<Address, Promise<bigint>>()
  deployments.set(network, known)
  const found = known.get(address) ?? search(client, network, address, latest)
  known.set(address, found)
  found.catch(() => known.delete(address))
  return found
}

/** Bisects for the block in which the contract's code appeared. This requires a node that keeps old states. */
async function search(client: ReadClient, network: Network, address: Address, latest: bigint): Promise<bigint> {
  let [without, withCode] = [-1n, latest]
  try {
    while (withCode - without > 1n) {
      const middle = (without + withCode) / 2n
      const code = await getCode(client, { address, blockNumber: middle })
      if (code === undefined) without = middle
      else withCode = middle
    }
    return withCode
  } catch (cause) {
    if (latest < BigInt(affordableRanges * network.logRange)) return 0n
    const { rpcUrl: url, name } = network
    throw new OpenLedgerError('OL1690', { url, address, blocks: latest, network: name }, { cause })
  }
}
