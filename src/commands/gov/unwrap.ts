import { getVotes } from '../../chain/actions/governance/getVotes.js'
import { unwrapOpen } from '../../chain/actions/tokens/unwrapOpen.js'
import { formatOpen } from '../../terminal/formats.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { act, governanceRole } from './act.js'

/** `openledger gov unwrap`: turns GOPEN back into OPEN. */
export async function run(context: CommandContext, { amount }: { readonly amount: bigint }): Promise<void> {
  const connection = await connect(context)
  const account = connection.as(governanceRole).account.address
  const sent = await act(context, connection, {
    title: `Unwrap ${formatOpen(amount)} of ${account}`,
    data: { account, amountWei: amount },
    action: (client) => unwrapOpen(client, { contract: 'GOPEN', amountWei: amount }),
  })
  if (sent === undefined) return
  const { balanceWei } = await getVotes(connection.client, { account })
  const data = { sent: true, account, amountWei: amount, balanceWei, transactionHash: sent.hash }
  context.output.result(data, () => `${account} holds ${formatOpen(balanceWei)} as GOPEN now.`)
}
