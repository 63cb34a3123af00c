import { executeProposal } from '../../chain/actions/governance/executeProposal.js'
import { getProposal } from '../../chain/actions/governance/getProposal.js'
import { findProposal } from '../../workflows/governance/findProposal.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { act } from './act.js'
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
  const sent = await act(context, connection, {
    title: `Execute proposal ${proposal}`,
    data: { proposalId, calls },
    warpTo: warp ? found.eta : undefined,
    action: (client) => executeProposal(client, { proposalId }),
  })
  if (sent === undefined) return
  output.result({ sent: true, proposalId, calls, transactionHash: sent.hash }, () =>
    ['Carried out:', ...describeCalls(calls).map((line) => `  ${line}`)].join('\n'),
  )
}
