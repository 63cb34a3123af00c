import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { rewardPoolAbi } from '../../contracts/RewardPool.abi.generated.js'

export type RewardPoolTotalsParameters = ContractAddressParameter

export interface RewardPoolTotalsReturnType {
  /** Everything that was ever paid in for contributors. */
  readonly fundedWei: bigint
  /** Everything that was ever paid out to them. */
  readonly claimedWei: bigint
}

/**
 * The contributors' pool: how much went in and out since the beginning.
 *
 * @example
 * const { fundedWei, claimedWei } = await rewardPoolTotals(client)
 */
export async function rewardPoolTotals(
  client: ReadClient,
  { address }: RewardPoolTotalsParameters = {},
): Promise<RewardPoolTotalsReturnType> {
  const pool = { contract: 'RewardPool', address, abi: rewardPoolAbi, args: [] } as const
  const [fundedWei, claimedWei] = await Promise.all([
    readCall(client, { ...pool, functionName: 'totalFunded' }),
    readCall(client, { ...pool, functionName: 'totalClaimed' }),
  ])
  return { fundedWei, claimedWei }
}
