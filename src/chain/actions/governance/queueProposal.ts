import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { openLedgerGovernorAbi } from '../../contracts/OpenLedgerGovernor.abi.generated.js'

export interface QueueProposalParameters extends ContractAddressParameter {
  readonly proposalId: bigint
}

export interface QueueProposalReturnType extends Sent {
  /** Unix time in seconds from which it can be executed. */
  readonly eta: number
}

/**
 * Queues a proposal that was voted in with the timelock. Any account may send it.
 *
 * @throws OL1603 when the vote is not over, or was lost
 * @example
 * const { eta } = await queueProposal(client, { proposalId })
 */
export async function queueProposal(
  client: WriteClient,
  { address, proposalId }: QueueProposalParameters,
): Promise<QueueProposalReturnType> {
  const call = {
    contract: 'OpenLedgerGovernor',
    address,
    abi: openLedgerGovernorAbi,
    functionName: 'queue',
    args: [proposalId],
  } as const
  const receipt = await sendCall(client, call)
  return { eta: Number(eventOf(receipt, call, 'ProposalQueued').etaSeconds), ...sentOf(receipt) }
}
