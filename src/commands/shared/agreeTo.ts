import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import type { Connection } from '../../workflows/network/openConnection.js'
import { describeTransactions } from '../views/describeTransactions.js'
import type { CommandContext } from './CommandContext.js'

/**
 * Asks before transactions are signed. On a network that is not local they are shown first, as they will be sent; where
 * there is nothing to send nothing is asked.
 *
 * @param plan finds out what would be sent
 * @param question asked with the name of the network, for example `Post epoch 2?`
 * @param asksLocally false where the devnet's play money is not worth a question
 * @throws OL1008 off a terminal without --yes, OL1009 when the user declines
 */
export async function agreeTo(
  { output, confirm }: CommandContext,
  connection: Connection,
  plan: () => Promise<readonly PlannedTransaction[]>,
  question: string,
  { asksLocally = true }: { readonly asksLocally?: boolean } = {},
): Promise<void> {
  const on = `${question.replace(/\?$/, '')} on ${connection.network.chain.name}?`
  if (connection.local) return asksLocally ? confirm(on) : undefined
  const transactions = await output.step('Check what would be sent', plan)
  if (transactions.length === 0) return
  output.note(describeTransactions(transactions))
  await confirm(on, { shown: transactions })
}
