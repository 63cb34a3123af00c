import { getBlockTime } from '../../chain/actions/common/getBlockTime.js'
import type { GetProposalReturnType } from '../../chain/actions/governance/getProposal.js'
import type { ProposalState } from '../../chain/governance/proposal.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Connection } from '../../workflows/network/openConnection.js'

export interface Due {
  /** As the user named it. */
  readonly proposal: string
  /** What the command does, as a participle: `queued`. */
  readonly done: string
  /** States in which it has been done. */
  readonly after: readonly ProposalState[]
  /** States in which its time may not have come. */
  readonly before: readonly ProposalState[]
  /** Unix time in seconds from which it can be done. */
  readonly from: number
}

/**
 * Tells apart what is done already, what can be done later, and what the contract has to judge.
 *
 * @throws OL1685 when it is done, OL1686 when it is too early
 */
export async function requireDue(
  { client }: Connection,
  { state }: GetProposalReturnType,
  { proposal, done, after, before, from }: Due,
): Promise<void> {
  if (after.includes(state)) throw new OpenLedgerError('OL1685', { proposal, state, done })
  if (!before.includes(state) || (await getBlockTime(client)) >= from) return
  const until = new Date(from * 1000).toISOString()
  throw new OpenLedgerError('OL1686', { proposal, state, done, until })
}
