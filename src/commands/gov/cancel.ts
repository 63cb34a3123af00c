import { cancelProposal } from '../../chain/actions/governance/cancelProposal.js'
import { findProposal } from '../../workflows/governance/findProposal.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { openNetwork } from '../shared/openNetwork.js'
import { act } from './act.js'

/** `openledger gov cancel`: takes one's own proposal back before its vote begins. */
export async function run(context: CommandContext, { proposal }: { readonly proposal: string }): Promise<void> {
  const chain = await openNetwork(context)
  const proposalId = await findProposal(chain, proposal)
  const sent = await act(context, chain, {
    title: `Cancel proposal ${proposal}`,
    data: { proposalId },
    action: (client) => cancelProposal(client, { proposalId }),
  })
  if (sent === undefined) return
  context.output.result(
    { sent: true, proposalId, transactionHash: sent.hash },
    () => 'Cancelled: it will not be voted on.',
  )
}
