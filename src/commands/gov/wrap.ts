import { delegateVotes } from '../../chain/actions/governance/delegateVotes.js'
import { getVotes } from '../../chain/actions/governance/getVotes.js'
import { wrapOpen } from '../../chain/actions/tokens/wrapOpen.js'
import { warp } from '../../devnet/state/warp.js'
import { formatOpen } from '../../terminal/formats.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { act, governanceRole } from './act.js'

interface Input {
  readonly amount: bigint
  readonly delegate: string | undefined
}

/** `openledger gov wrap`: turns OPEN into GOPEN, and lets it vote. */
export async function run(context: CommandContext, { amount, delegate }: Input): Promise<void> {
  const { output, config } = context
  const connection = await connect(context)
  const account = connection.as(governanceRole).account.address
  const before = await getVotes(connection.client, { account })
  // Tokens vote for nobody until they are delegated: who says nothing keeps its own votes, or whom it chose before.
  const chosen = delegate === undefined ? undefined : await resolveAccount(delegate, config.keystores)
  const delegatee = chosen ?? before.delegatee ?? account
  const sent = await act(context, connection, {
    title: `Wrap ${formatOpen(amount)} as GOPEN of ${account}`,
    data: { account, amountWei: amount, delegatee },
    action: (client) => wrapOpen(client, { contract: 'GOPEN', amountWei: amount }),
  })
  if (sent === undefined) return
  if (delegatee !== before.delegatee)
    await output.step(`Delegate its votes to ${delegatee === account ? 'itself' : delegatee}`, () =>
      delegateVotes(connection.as(governanceRole), { delegatee }),
    )
  // Proposing takes votes of a second before, and on the devnet no second passes without a transaction.
  if (connection.devnet !== undefined) await warp(connection.devnet, 1)
  const { balanceWei, votesWei } = await getVotes(connection.client, { account })
  const data = { sent: true, account, amountWei: amount, balanceWei, votesWei, delegatee, transactionHash: sent.hash }
  output.result(data, () =>
    [
      `${account} holds ${formatOpen(balanceWei)} as GOPEN.`,
      delegatee === account ? `It has ${formatOpen(votesWei)} of votes.` : `They vote through ${delegatee}.`,
    ].join('\n'),
  )
}
