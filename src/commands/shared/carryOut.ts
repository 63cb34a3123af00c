import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import type { Operation } from '../../workflows/network/Operation.js'
import { describeTransactions } from '../views/describeTransactions.js'
import type { CommandContext } from './CommandContext.js'

export interface Agreement {
  /** Names the work while it runs; the operation's own title by default. */
  readonly title?: string
  /** Asked with the name of the network, for example `Post epoch 2?`; the title by default. */
  readonly question?: string
  /** False where the devnet's play money is not worth a question. */
  readonly asksLocally?: boolean
  /** What the devnet's clock is moved past, where it is moved. */
  readonly past?: string
}

export interface Wording extends Agreement {
  /** Participle that is false in the result of a dry run: `sent` by default. */
  readonly done?: string
  /** The dry run for people; the transactions by default. */
  readonly describe?: (transactions: readonly PlannedTransaction[]) => string
}

/**
 * Carries out an operation: a dry run reports its facts and transactions; otherwise the user agrees to it first.
 *
 * @returns undefined after a dry run, whose result was shown
 * @throws OL1008 off a terminal without --yes, OL1009 when the user declines
 */
export async function carryOut<Result>(
  context: CommandContext,
  operation: Operation<Result>,
  { done = 'sent', describe = describeTransactions, ...agreement }: Wording = {},
): Promise<Result | undefined> {
  const { output, flags } = context
  if (!flags.dryRun) return agreeAndCarryOut(context, operation, agreement)
  const transactions = await output.step('Check what would be sent', () => operation.plan())
  output.result({ [done]: false, ...operation.facts, transactions }, () =>
    transactions.length === 0 && operation.warpSeconds > 0
      ? `Would move the devnet’s clock by ${operation.warpSeconds} seconds, then: ${agreement.title ?? operation.title}.`
      : describe(transactions),
  )
  return undefined
}

/**
 * Asks before an operation is carried out. On a network that is not local its transactions are shown first, as they will be
 * sent; where there is nothing to send nothing is asked.
 *
 * @throws OL1008 off a terminal without --yes, OL1009 when the user declines
 */
export async function agreeAndCarryOut<Result>(
  { output, confirm }: CommandContext,
  operation: Operation<Result>,
  { title = operation.title, question = title, asksLocally = true, past }: Agreement = {},
): Promise<Result> {
  const { local, network } = operation.connection
  const asked = `${question} on ${network.chain.name}?`
  const transactions = local ? [] : await output.step('Check what would be sent', () => operation.plan())
  if (local && asksLocally) await confirm(asked)
  if (transactions.length > 0) {
    output.note(describeTransactions(transactions))
    await confirm(asked, { shown: transactions })
  }
  const result = await output.step(title, () => operation.carryOut())
  if (operation.warpSeconds > 0)
    output.note(
      `The devnet’s clock was moved by ${operation.warpSeconds} seconds${past === undefined ? '' : `, past ${past}`}.`,
    )
  return result
}
