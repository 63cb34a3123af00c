import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { stakingAbi } from '../../contracts/Staking.abi.generated.js'

export type WithdrawStakingRewardsParameters = ContractAddressParameter

export interface WithdrawStakingRewardsReturnType extends Sent {
  readonly amountWei: bigint
}

/**
 * Pays the client's account what its stake has earned of the stakers' part of fees.
 *
 * @throws OL1603 when it has earned nothing
 * @example
 * const { amountWei } = await withdrawStakingRewards(client)
 */
export async function withdrawStakingRewards(
  client: WriteClient,
  { address }: WithdrawStakingRewardsParameters = {},
): Promise<WithdrawStakingRewardsReturnType> {
  const call = { contract: 'Staking', address, abi: stakingAbi, functionName: 'withdrawRewards', args: [] } as const
  const receipt = await sendCall(client, call)
  return { amountWei: eventOf(receipt, call, 'RewardsWithdrawn').amount, ...sentOf(receipt) }
}
