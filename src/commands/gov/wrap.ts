import { formatOpen } from '../../terminal/formats.js'
import { wrapVotes } from '../../workflows/governance/wrapVotes.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly amount: bigint
  readonly delegate: string | undefined
}

/** `openledger gov wrap`: turns OPEN into GOPEN, and lets it vote. */
export async function run(context: CommandContext, { amount: amountWei, delegate }: Input): Promise<void> {
  const { output, config } = context
  const connection = await connect(context)
  const chosen = delegate === undefined ? undefined : await resolveAccount(delegate, config.keystores)
  const operation = await wrapVotes(connection, { amountWei, delegatee: chosen })
  const { account, delegatee } = operation.facts
  const title = `Wrap ${formatOpen(amountWei)} as GOPEN of ${account}`
  const wrapped = await carryOut(context, operation, { title })
  if (wrapped === undefined) return
  const { balanceWei, votesWei, transactionHash } = wrapped
  output.result({ sent: true, account, amountWei, balanceWei, votesWei, delegatee, transactionHash }, () =>
    [
      `${account} holds ${formatOpen(balanceWei)} as GOPEN.`,
      delegatee === account ? `It has ${formatOpen(votesWei)} of votes.` : `They vote through ${delegatee}.`,
    ].join('\n'),
  )
}
