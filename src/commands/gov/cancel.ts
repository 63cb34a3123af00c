import { cancelProposal } from '../../chain/actions/governance/cancelProposal.js'
import { findProposal } from '../../workflows/governance/findProposal.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { act } from './act.js'

/** `openledger gov cancel`: takes one's own proposal back before its vote begins. */
export async function run(context: CommandContext, { proposal }: { readonly proposal: string }): Promise<void> {
  const connection = await connect(context)
  const proposalId = await findProposal(connection, proposal)
  const sent = await act(context, connection, {
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
