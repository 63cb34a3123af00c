import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { openLedgerGovernorAbi } from '../../contracts/OpenLedgerGovernor.abi.generated.js'
import type { Proposal } from '../../governance/proposal.js'

export interface CreateProposalParameters extends ContractAddressParameter {
  readonly proposal: Proposal
}

export interface CreateProposalReturnType extends Sent {
  /** The same as {@link hashProposal} computes beforehand. */
  readonly proposalId: bigint
  /** Unix time in seconds: votes are counted as of this moment, and are cast after it. */
  readonly voteStart: number
  /** Unix time in seconds. A quorum that is reached late moves it. */
  readonly voteEnd: number
}

/**
 * Proposes calls of the timelock. A second earlier, the client's account must have as many votes as the threshold.
 *
 * @throws OL1604 when it has too few votes, or the description reserves the proposal for another account
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
