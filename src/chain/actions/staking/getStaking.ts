import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { stakingAbi } from '../../contracts/Staking.abi.generated.js'

export type GetStakingParameters = ContractAddressParameter

export interface GetStakingReturnType {
  /** Stake of all accounts that votes and earns. */
  readonly totalActiveWei: bigint
  readonly minStakeWei: bigint
  /** How long stake waits before it can be withdrawn, in seconds. */
  readonly unbondingPeriod: number
  /** The rewards of all stakers over the rest of this period of seven days. */
  readonly thisPeriodWei: bigint
  readonly nextPeriodWei: bigint
}

/**
 * The stake of all accounts, its terms, and its rewards.
 *
 * @example
 * const { minStakeWei } = await getStaking(client)
 */
export async function getStaking(
  client: ReadClient,
  { address }: GetStakingParameters = {},
): Promise<GetStakingReturnType> {
  const staking = { contract: 'Staking', address, abi: stakingAbi, args: [] } as const
  const [totalActiveWei, minStakeWei, unbondingPeriod, [thisPeriodWei, nextPeriodWei]] = await Promise.all([
    readCall(client, { ...staking, functionName: 'totalActive' }),
    readCall(client, { ...staking, functionName: 'minStake' }),
    readCall(client, { ...staking, functionName: 'unbondingPeriod' }),
    readCall(client, { ...staking, functionName: 'unearned' }),
  ])
  return { totalActiveWei, minStakeWei, unbondingPeriod: Number(unbondingPeriod), thisPeriodWei, nextPeriodWei }
}
