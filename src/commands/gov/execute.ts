import { executeProposal } from '../../chain/actions/governance/executeProposal.js'
import { getProposal } from '../../chain/actions/governance/getProposal.js'
import { findProposal } from '../../workflows/governance/findProposal.js'
import { governanceOperation } from '../../workflows/governance/governanceOperation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'
import { callsOf, describeCalls } from './describeCalls.js'
import { requireDue } from './requireDue.js'

interface Input {
  readonly proposal: string
  readonly warp: boolean
}

/** `openledger gov execute`: carries out what is queued and due. */
export async function run(context: CommandContext, { proposal, warp }: Input): Promise<void> {
  const { output } = context
  const connection = await connect(context)
  const proposalId = await findProposal(connection, proposal)
  const found = await getProposal(connection.client, { proposalId })
  const due = { proposal, done: 'carried out', after: ['executed'], before: ['queued'] } as const
  if (!warp) await requireDue(connection, found, { ...due, from: found.eta })
  const calls = callsOf(connection, found)
  const operation = await governanceOperation(connection, {
    title: `Execute proposal ${proposal}`,
    facts: { proposalId, calls },
    warpTo: warp ? found.eta : undefined,
    act: (client) => executeProposal(client, { proposalId }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  output.result({ sent: true, proposalId, calls, transactionHash: sent.hash }, () =>
    ['Carried out:', ...describeCalls(calls).map((line) => `  ${line}`)].join('\n'),
  )
}
