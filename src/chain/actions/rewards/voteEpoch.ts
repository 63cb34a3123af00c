import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { attributionLedgerAbi } from '../../contracts/AttributionLedger.abi.generated.js'

export interface VoteEpochParameters extends ContractAddressParameter {
  readonly epoch: number
  /** The posted root, which makes it an attestation, or that of a challenge. */
  readonly rewardsRoot: Hex
}

export interface VoteEpochReturnType extends Sent {
  /** Stake that the vote counts with. */
  readonly weightWei: bigint
}

/**
 * Votes for a root of an epoch with all stake that the account had before it was posted, once and for good. For the posted
 * root this can be done before anybody challenges. The stake cannot be withdrawn until the vote is settled.
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
