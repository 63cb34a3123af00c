import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { openLedgerGovernorAbi } from '../../contracts/OpenLedgerGovernor.abi.generated.js'

/** The values of `GovernorCountingSimple.VoteType`, in their order. */
export const voteChoices = ['against', 'for', 'abstain'] as const

export type VoteChoice = (typeof voteChoices)[number]

export interface CastVoteParameters extends ContractAddressParameter {
  readonly proposalId: bigint
  readonly choice: VoteChoice
  /** Text for the event of the vote. */
  readonly reason?: string
}

export interface CastVoteReturnType extends Sent {
  /** Votes of the account as of the proposal's snapshot, in wei; 0 for an account without any. */
  readonly weightWei: bigint
}

/**
 * Votes on a proposal. A vote cannot be changed.
 *
 * @throws OL1603 when the vote is not open, or the account has voted
 * @example
 * const { weightWei } = await castVote(client, { proposalId, choice: 'for' })
 */
export async function castVote(
  client: WriteClient,
  { address, proposalId, choice, reason = '' }: CastVoteParameters,
): Promise<CastVoteReturnType> {
  const call = {
    contract: 'OpenLedgerGovernor',
    address,
    abi: openLedgerGovernorAbi,
    functionName: 'castVoteWithReason',
    args: [proposalId, voteChoices.indexOf(choice), reason],
  } as const
  const receipt = await sendCall(client, call)
  return { weightWei: eventOf(receipt, call, 'VoteCast').weight, ...sentOf(receipt) }
}
