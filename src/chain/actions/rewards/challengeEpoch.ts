import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { attributionLedgerAbi } from '../../contracts/AttributionLedger.abi.generated.js'

export interface ChallengeEpochParameters extends ContractAddressParameter {
  readonly epoch: number
  /**
   * The rewards root that the challenger computed. Zero says that the posted one cannot be recomputed: its files are
   * withheld, or a field other than the rewards root is false.
   */
  readonly claimedRewardsRoot: Hex
  /** As large as the operator's bond. The challenger loses it if the vote finds another root. */
  readonly bondWei: bigint
}

export interface ChallengeEpochReturnType extends Sent {
  /** The stake with which the challenger voted for its root. */
  readonly weightWei: bigint
}

/**
 * Challenges a posted root within its window: the validator names its own root and votes for it. Validators decide by
 * stake.
 *
 * @throws OL1603 when the epoch is not in question, its window has passed, or the root is the posted one or taken
 * @throws OL1604 when the account had no stake before the epoch was posted
 * @example
 * await challengeEpoch(client, { epoch: 3, claimedRewardsRoot, bondWei })
 */
export async function challengeEpoch(
  client: WriteClient,
  { address, epoch, claimedRewardsRoot, bondWei }: ChallengeEpochParameters,
): Promise<ChallengeEpochReturnType> {
  const call = {
    contract: 'AttributionLedger',
    address,
    abi: attributionLedgerAbi,
    functionName: 'challenge',
    args: [BigInt(epoch), claimedRewardsRoot],
    value: bondWei,
  } as const
  const receipt = await sendCall(client, call)
  return { weightWei: eventOf(receipt, call, 'VoteCast').weight, ...sentOf(receipt) }
}
