import { type GetProposalReturnType, getProposal } from '../../chain/actions/governance/getProposal.js'
import { listProposals } from '../../chain/actions/governance/listProposals.js'
import { findEvents } from '../../chain/client/findEvents.js'
import { openLedgerGovernorAbi } from '../../chain/contracts/OpenLedgerGovernor.abi.generated.js'
import type { Connection } from '../network/openConnection.js'

export interface ListedProposal extends GetProposalReturnType {
  /** Its place in the list, from 1. */
  readonly number: number
  readonly proposalId: bigint
  /** Null where the node does not know the event of its creation any more. */
  readonly description: string | null
}

/**
 * All proposals, or one, as they stand, with what they are about.
 *
 * @throws OL1603 when `only` was never proposed
 */
export async function proposalHistory(connection: Connection, only?: bigint): Promise<ListedProposal[]> {
  const ids = await listProposals(connection.client)
  const wanted = only === undefined ? ids : [only]
  const query = { contract: 'OpenLedgerGovernor', abi: openLedgerGovernorAbi, eventName: 'ProposalCreated' } as const
  const [created, found] = await Promise.all([
    wanted.length === 0 ? [] : findEvents(connection.client, connection.network, query),
    Promise.all(wanted.map((proposalId) => getProposal(connection.client, { proposalId }))),
  ])
  const descriptions = new Map(created.map(({ args }) => [args.proposalId, args.description]))
  return found.map((proposal, index) => {
    const proposalId = wanted[index] ?? 0n
    const number = ids.indexOf(proposalId) + 1
    return { number, proposalId, description: descriptions.get(proposalId) ?? null, ...proposal }
  })
}
