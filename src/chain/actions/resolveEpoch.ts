import type { Address } from 'viem'
import { attributionLedgerAbi } from '../contracts/AttributionLedger.generated.js'
import type { WriteClient } from '../createChainClient.js'
import { eventOf, type Sent, sendCall, sentOf } from '../sendCall.js'

export interface ResolveEpochParameters {
  /** The AttributionLedger. */
  readonly address: Address
  readonly epoch: number
  /** Whether the challenger was right and the epoch is rejected. */
  readonly upheld: boolean
}

export interface ResolveEpochReturnType extends Sent {
  readonly winner: Address
  /** What the winner can withdraw. */
  readonly rewardWei: bigint
}

/**
 * Decides a challenge. The client's account must be governance; the loser's bond goes to the winner.
 *
 * @throws OL1603 when the epoch is not challenged, OL1604 when the account is not governance
 * @example
 * const { winner, rewardWei } = await resolveEpoch(client, { address, epoch: 3, upheld: true })
 */
export async function resolveEpoch(
  client: WriteClient,
  { address, epoch, upheld }: ResolveEpochParameters,
): Promise<ResolveEpochReturnType> {
  const call = {
    contract: 'AttributionLedger',
    address,
    abi: attributionLedgerAbi,
    functionName: 'resolve',
    args: [BigInt(epoch), upheld],
  } as const
  const receipt = await sendCall(client, call)
  const { winner, reward } = eventOf(receipt, call, 'EpochResolved')
  return { winner, rewardWei: reward, ...sentOf(receipt) }
}
