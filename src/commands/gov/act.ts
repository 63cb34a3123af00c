import type { WriteClient } from '../../chain/client/ChainClient.js'
import { warp } from '../../devnet/state/warp.js'
import type { Connection } from '../../workflows/network/openConnection.js'
import { secondsUntil } from '../../workflows/network/secondsUntil.js'
import { agreeTo } from '../shared/agreeTo.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { describeTransactions } from '../views/describeTransactions.js'

/** Whom the devnet signs as when no account is chosen. */
export const governanceRole = 'maintainer'

export interface Act<Result> {
  /** What is done, as an imperative: `Vote for proposal 3`. */
  readonly title: string
  /** Shown with a dry run too. */
  readonly data: Readonly<Record<string, unknown>>
  readonly action: (client: WriteClient) => Promise<Result>
  /** On the devnet: move its clock to this moment first. */
  readonly warpTo?: number | undefined
}

/**
 * One transaction of governance: planned where it is a dry run, else agreed to and sent.
 *
 * @returns undefined after a dry run, whose result was shown
 * @throws OL1684 when a clock is to be moved that cannot be
 */
export async function act<Result>(
  context: CommandContext,
  connection: Connection,
  { title, data, action, warpTo }: Act<Result>,
): Promise<Result | undefined> {
  const { output, flags } = context
  const plan = async () => {
    const transaction = await connection.plan(governanceRole, action)
    return transaction === undefined ? [] : [transaction]
  }
  const warpSeconds = warpTo === undefined ? 0 : await secondsUntil(connection, warpTo)
  if (flags.dryRun) {
    // What the contracts will say after the clock was moved cannot be asked before.
    const transactions = warpSeconds > 0 ? [] : await output.step('Check what would be sent', plan)
    output.result({ sent: false, ...data, warpSeconds, transactions }, () =>
      warpSeconds > 0
        ? `Would move the devnet's clock by ${warpSeconds} seconds, then: ${title}.`
        : describeTransactions(transactions),
    )
    return undefined
  }
  await agreeTo(context, connection, plan, title)
  if (warpSeconds > 0 && connection.devnet !== undefined) {
    await warp(connection.devnet, warpSeconds)
    output.note(`The devnet's clock was moved by ${warpSeconds} seconds.`)
  }
  return output.step(title, () => action(connection.as(governanceRole)))
}
