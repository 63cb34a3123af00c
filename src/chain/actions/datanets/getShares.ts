import type { Address, Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface GetSharesParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  readonly account: Address
}

export interface GetSharesReturnType {
  /** Out of 10000. */
  readonly shares: number
  /** The income that {@link collectIncome} would credit now. */
  readonly incomeWei: bigint
}

/**
 * An account's shares of a Datanet's income, and its income that is not collected yet.
 *
 * @example
 * const { shares, incomeWei } = await getShares(client, { datanetId, account })
 */
export async function getShares(
  client: ReadClient,
  { address, datanetId, account }: GetSharesParameters,
): Promise<GetSharesReturnType> {
  const registry = { contract: 'DatanetRegistry', address, abi: datanetRegistryAbi } as const
  const [shares, incomeWei] = await Promise.all([
    readCall(client, { ...registry, functionName: 'sharesOf', args: [datanetId, account] }),
    readCall(client, { ...registry, functionName: 'incomeOf', args: [datanetId, account] }),
  ])
  return { shares: Number(shares), incomeWei }
}
