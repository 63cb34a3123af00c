import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { openLedgerGovernorAbi } from '../../contracts/OpenLedgerGovernor.abi.generated.js'

export interface CancelProposalParameters extends ContractAddressParameter {
  readonly proposalId: bigint
}

export type CancelProposalReturnType = Sent

/**
 * Withdraws a proposal before its vote begins. Only its proposer can.
 *
 * @throws OL1604 when its vote has begun, or the account did not propose it
 * @example
 * await cancelProposal(client, { proposalId })
 */
export async function cancelProposal(
  client: WriteClient,
  { address, proposalId }: CancelProposalParameters,
): Promise<CancelProposalReturnType> {
  const call = {
    contract: 'OpenLedgerGovernor',
    address,
    abi: openLedgerGovernorAbi,
    functionName: 'cancel',
    args: [proposalId],
  } as const
  return sentOf(await sendCall(client, call))
}
