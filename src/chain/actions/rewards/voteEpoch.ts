import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { attributionLedgerAbi } from '../../contracts/AttributionLedger.abi.generated.js'

export interface VoteEpochParameters extends ContractAddressParameter {
  readonly epoch: number
  /** The posted root, for an attestation, or the root of a challenge. */
  readonly rewardsRoot: Hex
}

export interface VoteEpochReturnType extends Sent {
  /** The stake that the vote counts with. */
  readonly weightWei: bigint
}

/**
 * Votes for a root of an epoch with all stake that the account had before the epoch was posted. A vote cannot be
 * changed. A vote for the posted root can be cast before any challenge. The stake cannot be withdrawn until the vote is
 * settled.
 *
 * @throws OL1603 when the epoch is not in question, voting is over, the root is unknown, or the account has voted
 * @throws OL1604 when the account had no stake before the epoch was posted
 * @example
 * const { weightWei } = await voteEpoch(client, { epoch: 3, rewardsRoot })
 */
export async function voteEpoch(
  client: WriteClient,
  { address, epoch, rewardsRoot }: VoteEpochParameters,
): Promise<VoteEpochReturnType> {
  const call = {
    contract: 'AttributionLedger',
    address,
    abi: attributionLedgerAbi,
    functionName: 'vote',
    args: [BigInt(epoch), rewardsRoot],
  } as const
  const receipt = await sendCall(client, call)
  return { weightWei: eventOf(receipt, call, 'VoteCast').weight, ...sentOf(receipt) }
}
