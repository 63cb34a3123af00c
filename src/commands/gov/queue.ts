import { getProposal } from '../../chain/actions/governance/getProposal.js'
import { queueProposal } from '../../chain/actions/governance/queueProposal.js'
import { findProposal } from '../../workflows/governance/findProposal.js'
import { governanceOperation } from '../../workflows/governance/governanceOperation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'
import { requireDue } from './requireDue.js'

interface Input {
  readonly proposal: string
  readonly warp: boolean
}

/** `openledger gov queue`: puts what was voted in into the timelock. */
export async function run(context: CommandContext, { proposal, warp }: Input): Promise<void> {
  const { output } = context
  const connection = await connect(context)
  const proposalId = await findProposal(connection, proposal)
  const found = await getProposal(connection.client, { proposalId })
  const { voteEnd } = found
  const due = { proposal, done: 'queued', after: ['queued', 'executed'], before: ['pending', 'active'] } as const
  if (!warp) await requireDue(connection, found, { ...due, from: voteEnd + 1 })
  const operation = await governanceOperation(connection, {
    title: `Queue proposal ${proposal}`,
    facts: { proposalId },
    warpTo: warp ? voteEnd + 1 : undefined,
    act: (client) => queueProposal(client, { proposalId }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const { eta, hash } = sent
  output.result({ sent: true, proposalId, eta, transactionHash: hash }, () =>
    [
      `Queued: it can be executed from ${new Date(eta * 1000).toISOString()}.`,
      `Next: ${context.shell.line(`gov execute ${proposal}`)} then (on the devnet with --warp)`,
    ].join('\n'),
  )
}
