import type { WriteClient } from '../../chain/client/ChainClient.js'
import type { Connection, DevAccountName } from '../../workflows/network/openConnection.js'
import { describeTransactions } from '../views/describeTransactions.js'
import { agreeTo } from './agreeTo.js'
import type { CommandContext } from './CommandContext.js'

export interface Sending<Result> {
  /** Whom the devnet signs as when no account is chosen. */
  readonly role: DevAccountName
  /** What is done, as an imperative: `Approve request 3`. */
  readonly title: string
  /** Shown with a dry run too. */
  readonly data: Readonly<Record<string, unknown>>
  readonly action: (client: WriteClient) => Promise<Result>
}

/**
 * One transaction: planned where it is a dry run, else agreed to and sent.
 *
 * @returns undefined after a dry run, whose result was shown
 */
export async function sendAs<Result>(
  context: CommandContext,
  connection: Connection,
  { role, title, data, action }: Sending<Result>,
): Promise<Result | undefined> {
  const { output, flags } = context
  const plan = async () => {
    const transaction = await connection.plan(role, action)
    return transaction === undefined ? [] : [transaction]
  }
  if (flags.dryRun) {
    const transactions = await output.step('Check what would be sent', plan)
    output.result({ sent: false, ...data, transactions }, () => describeTransactions(transactions))
    return undefined
  }
  await agreeTo(context, connection, plan, title)
  return output.step(title, () => action(connection.as(role)))
}
