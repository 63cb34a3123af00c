import type { Address, Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { rewardPoolAbi } from '../../contracts/RewardPool.abi.generated.js'

/** One leaf of the active rewards tree, with its proof. */
export interface RewardClaim {
  /** The account that earned it and is paid. */
  readonly account: Address
  /** Everything that the account has earned since the beginning. */
  readonly cumulativeWei: bigint
  readonly proof: readonly Hex[]
}

export type ClaimRewardsParameters = RewardClaim & ContractAddressParameter

export interface ClaimRewardsReturnType extends Sent {
  /** The new part of the leaf's amount, which is now paid. */
  readonly amountWei: bigint
  readonly cumulativeWei: bigint
}

/**
 * Pays a contributor the new part of its leaf's amount. Any account may send it and pay the gas; the money goes to the
 * leaf's account only.
 *
 * @throws OL1603 when nothing is new, or no epoch is final yet
 * @throws OL1605 when the proof does not lead to the active root
 * @example
 * const { amountWei } = await claimRewards(client, { account, cumulativeWei, proof })
 */
export async function claimRewards(
  client: WriteClient,
  { address, account, cumulativeWei, proof }: ClaimRewardsParameters,
): Promise<ClaimRewardsReturnType> {
  const call = {
    contract: 'RewardPool',
    address,
    abi: rewardPoolAbi,
    functionName: 'claimFor',
    args: [account, cumulativeWei, proof],
  } as const
  const receipt = await sendCall(client, call)
  const { amount, cumulative } = eventOf(receipt, call, 'Claimed')
  return { amountWei: amount, cumulativeWei: cumulative, ...sentOf(receipt) }
}
