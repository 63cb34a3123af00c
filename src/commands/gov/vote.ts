import { castVote, type VoteChoice } from '../../chain/actions/governance/castVote.js'
import { getProposal } from '../../chain/actions/governance/getProposal.js'
import { formatOpen } from '../../terminal/formats.js'
import { findProposal } from '../../workflows/governance/findProposal.js'
import { governanceOperation } from '../../workflows/governance/governanceOperation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly proposal: string
  readonly choice: VoteChoice
  readonly reason: string | undefined
  readonly warp: boolean
}

/** `openledger gov vote`: once and for all. */
export async function run(context: CommandContext, { proposal, choice, reason, warp }: Input): Promise<void> {
  const { output } = context
  const connection = await connect(context)
  const proposalId = await findProposal(connection, proposal)
  const { voteStart } = await getProposal(connection.client, { proposalId })
  const operation = await governanceOperation(connection, {
    title: `Vote “${choice}” on proposal ${proposal}`,
    facts: { proposalId, choice },
    // The vote is open in the second after the snapshot.
    warpTo: warp ? voteStart + 1 : undefined,
    act: (client) => castVote(client, { proposalId, choice, ...(reason !== undefined && { reason }) }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const { weightWei, hash } = sent
  if (weightWei === 0n)
    output.warn(
      'The account had no votes when the vote began, so this one weighs nothing: `openledger gov wrap` before a proposal.',
    )
  output.result({ sent: true, proposalId, choice, weightWei, transactionHash: hash }, () =>
    [
      `Voted ${choice} with ${formatOpen(weightWei)}.`,
      `Next: ${context.shell.line(`gov queue ${proposal}`)} when the vote is over (on the devnet with --warp)`,
    ].join('\n'),
  )
}
