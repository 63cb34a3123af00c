import { createProposal } from '../../chain/actions/governance/createProposal.js'
import { hashProposal, reservedFor } from '../../chain/governance/proposal.js'
import { readProposal } from '../../chain/governance/readProposal.js'
import { tryProposal } from '../../chain/governance/tryProposal.js'
import { governanceOperation } from '../../workflows/governance/governanceOperation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'
import { callsOf, describeCalls } from './describeCalls.js'

/** `openledger gov propose`: puts the calls of a file to the vote. */
export async function run(context: CommandContext, { file }: { readonly file: string }): Promise<void> {
  const { output } = context
  const connection = await connect(context)
  const proposer = connection.as('maintainer').account.address
  const proposal = reservedFor(await readProposal(file, connection.network), proposer)
  const proposalId = hashProposal(proposal)
  const calls = callsOf(connection, proposal)
  // Before it is sent: whatever becomes of the transaction, this is what to look for.
  output.note([`proposal ${proposalId}`, ...describeCalls(calls).map((line) => `  ${line}`)].join('\n'))
  const failures = await tryProposal(connection.client, { proposal })
  for (const [index, failure] of failures.entries()) {
    if (failure === undefined) continue
    output.warn(`Call ${index + 1} would fail if the timelock made it now, and with it the whole proposal: ${failure}`)
  }
  const data = {
    proposalId,
    proposer,
    description: proposal.description,
    calls,
    failures: failures.map((failure) => failure ?? null),
  }
  const operation = await governanceOperation(connection, {
    title: 'Propose this',
    facts: data,
    act: (client) => createProposal(client, { proposal }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const { voteStart, voteEnd, hash } = sent
  output.result({ sent: true, ...data, voteStart, voteEnd, transactionHash: hash }, () =>
    [
      `Proposed: votes are cast from ${timeOf(voteStart)} to ${timeOf(voteEnd)}.`,
      `Next: ${context.shell.line(`gov vote ${proposalId} for`)} (on the devnet with --warp)`,
    ].join('\n'),
  )
}

const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString()
