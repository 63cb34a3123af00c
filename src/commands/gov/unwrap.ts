import { getVotes } from '../../chain/actions/governance/getVotes.js'
import { unwrapOpen } from '../../chain/actions/tokens/unwrapOpen.js'
import { formatOpen } from '../../terminal/formats.js'
import { governanceOperation } from '../../workflows/governance/governanceOperation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

/** `openledger gov unwrap`: turns GOPEN back into OPEN. */
export async function run(context: CommandContext, { amount }: { readonly amount: bigint }): Promise<void> {
  const connection = await connect(context)
  const account = connection.as('maintainer').account.address
  const operation = await governanceOperation(connection, {
    title: `Unwrap ${formatOpen(amount)} of ${account}`,
    facts: { account, amountWei: amount },
    act: (client) => unwrapOpen(client, { contract: 'GOPEN', amountWei: amount }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const { balanceWei } = await getVotes(connection.client, { account })
  const data = { sent: true, account, amountWei: amount, balanceWei, transactionHash: sent.hash }
  context.output.result(data, () => `${account} holds ${formatOpen(balanceWei)} as GOPEN now.`)
}
