import type { Address } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { stakingAbi } from '../../contracts/Staking.abi.generated.js'

export interface GetStakeParameters extends ContractAddressParameter {
  readonly account: Address
}

export interface GetStakeReturnType {
  /** The stake that votes and earns. */
  readonly activeWei: bigint
  /** The stake that waits to be withdrawn, until `availableAt` (Unix time in seconds). It can be slashed until then. */
  readonly unbondingWei: bigint
  readonly availableAt: number
  /** Whether a vote of the account is not settled yet. Nothing can be withdrawn until it is. */
  readonly locked: boolean
  /** The rewards that {@link withdrawStakingRewards} would pay now. */
  readonly rewardsWei: bigint
}

/**
 * An account's stake and what it has earned.
 *
 * @example
 * const { activeWei, rewardsWei } = await getStake(client, { account })
 */
export async function getStake(
  client: ReadClient,
  { address, account }: GetStakeParameters,
): Promise<GetStakeReturnType> {
  const found = await readCall(client, {
    contract: 'Staking',
    address,
    abi: stakingAbi,
    functionName: 'stakeOf',
    args: [account],
  })
  return {
    activeWei: found.active,
    unbondingWei: found.unbonding,
    availableAt: Number(found.availableAt),
    locked: found.locked,
    rewardsWei: found.rewards,
  }
}
