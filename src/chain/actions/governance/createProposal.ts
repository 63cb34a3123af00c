import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { openLedgerGovernorAbi } from '../../contracts/OpenLedgerGovernor.abi.generated.js'
import type { Proposal } from '../../governance/proposal.js'

export interface CreateProposalParameters extends ContractAddressParameter {
  readonly proposal: Proposal
}

export interface CreateProposalReturnType extends Sent {
  /** What `hashProposal` gave beforehand. */
  readonly proposalId: bigint
  /** Unix time in seconds: votes are counted as they stand then, and are cast after it. */
  readonly voteStart: number
  /** Unix time in seconds; later when a quorum is reached late. */
  readonly voteEnd: number
}

/**
 * Proposes calls of the timelock. The account needs votes of the threshold a second before.
 *
 * @throws OL1604 when it has too few votes, or the description reserves the proposal for another
 * @throws OL1603 when this was proposed before
 * @example
 * const { proposalId, voteStart } = await createProposal(client, { proposal })
 */
export async function createProposal(
  client: WriteClient,
  { address, proposal: { targets, values, calldatas, description } }: CreateProposalParameters,
): Promise<CreateProposalReturnType> {
  const call = {
    contract: 'OpenLedgerGovernor',
    address,
    abi: openLedgerGovernorAbi,
    functionName: 'propose',
    args: [targets, values, calldatas, description],
  } as const
  const receipt = await sendCall(client, call)
  const { proposalId, voteStart, voteEnd } = eventOf(receipt, call, 'ProposalCreated')
  return { proposalId, voteStart: Number(voteStart), voteEnd: Number(voteEnd), ...sentOf(receipt) }
}
