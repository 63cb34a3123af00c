import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { attributionLedgerAbi } from '../../contracts/AttributionLedger.abi.generated.js'
import { type VoteOutcome, voteOutcomes } from '../../governance/voteOutcomes.js'

export interface ResolveEpochParameters extends ContractAddressParameter {
  readonly epoch: number
}

export interface ResolveEpochReturnType extends Sent {
  /** `upheld` made the epoch final; every other outcome rejected it. */
  readonly outcome: VoteOutcome
  /** The root that the vote found right; zero if it found none. */
  readonly rewardsRoot: Hex
  /** Bonds that their owners lost. */
  readonly forfeitedWei: bigint
}

/**
 * Ends the vote on a challenged epoch with its result. Any account may send it once voting is over.
 *
 * @throws OL1603 when the epoch is not challenged, or voting is not over
 * @example
 * const { outcome } = await resolveEpoch(client, { epoch: 3 })
 */
export async function resolveEpoch(
  client: WriteClient,
  { address, epoch }: ResolveEpochParameters,
): Promise<ResolveEpochReturnType> {
  const call = {
    contract: 'AttributionLedger',
    address,
    abi: attributionLedgerAbi,
    functionName: 'resolve',
    args: [BigInt(epoch)],
  } as const
  const receipt = await sendCall(client, call)
  const { outcome, rewardsRoot, forfeited } = eventOf(receipt, call, 'EpochResolved')
  return { outcome: voteOutcomes[outcome] ?? 'none', rewardsRoot, forfeitedWei: forfeited, ...sentOf(receipt) }
}
