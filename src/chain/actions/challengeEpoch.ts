import type { Address, Hex } from 'viem'
import { attributionLedgerAbi } from '../contracts/AttributionLedger.generated.js'
import type { WriteClient } from '../createChainClient.js'
import { type Sent, sendCall, sentOf } from '../sendCall.js'

export interface ChallengeEpochParameters {
  /** The AttributionLedger. */
  readonly address: Address
  readonly epoch: number
  /** The rewards root that the challenger computed instead. */
  readonly claimedRewardsRoot: Hex
  /** As large as the operator's; lost when governance finds the epoch right. */
  readonly bondWei: bigint
}

export type ChallengeEpochReturnType = Sent

/**
 * Disputes a posted epoch inside its window. Governance decides.
 *
 * @throws OL1603 when the epoch is not pending, its window has passed, or the root is the posted one
 * @example
 * await challengeEpoch(client, { address, epoch: 3, claimedRewardsRoot, bondWei })
 */
export async function challengeEpoch(
  client: WriteClient,
  { address, epoch, claimedRewardsRoot, bondWei }: ChallengeEpochParameters,
): Promise<ChallengeEpochReturnType> {
  const receipt = await sendCall(client, {
    contract: 'AttributionLedger',
    address,
    abi: attributionLedgerAbi,
    functionName: 'challenge',
    args: [BigInt(epoch), claimedRewardsRoot],
    value: bondWei,
  })
  return sentOf(receipt)
}
