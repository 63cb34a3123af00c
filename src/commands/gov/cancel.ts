import { cancelProposal } from '../../chain/actions/governance/cancelProposal.js'
import { findProposal } from '../../workflows/governance/findProposal.js'
import { governanceOperation } from '../../workflows/governance/governanceOperation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

/** `openledger gov cancel`: takes one's own proposal back before its vote begins. */
export async function run(context: CommandContext, { proposal }: { readonly proposal: string }): Promise<void> {
  const connection = await connect(context)
  const proposalId = await findProposal(connection, proposal)
  const operation = await governanceOperation(connection, {
    title: `Cancel proposal ${proposal}`,
    facts: { proposalId },
    act: (client) => cancelProposal(client, { proposalId }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  context.output.result(
    { sent: true, proposalId, transactionHash: sent.hash },
    () => 'Cancelled: it will not be voted on.',
  )
}
