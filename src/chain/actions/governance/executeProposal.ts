import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { openLedgerGovernorAbi } from '../../contracts/OpenLedgerGovernor.abi.generated.js'

export interface ExecuteProposalParameters extends ContractAddressParameter {
  readonly proposalId: bigint
}

export type ExecuteProposalReturnType = Sent

/**
 * Carries out a queued proposal after its delay. Any account may send it.
 *
 * @throws OL1603 when it is not queued, its delay has not passed, or one of its calls fails
 * @example
 * await executeProposal(client, { proposalId })
 */
export async function executeProposal(
  client: WriteClient,
  { address, proposalId }: ExecuteProposalParameters,
): Promise<ExecuteProposalReturnType> {
  const call = {
    contract: 'OpenLedgerGovernor',
    address,
    abi: openLedgerGovernorAbi,
    functionName: 'execute',
    args: [proposalId],
  } as const
  return sentOf(await sendCall(client, call))
}
