import { formatOpen } from '../../terminal/formats.js'
import { depositStake } from '../../workflows/stake/manageStake.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { runSteps } from './runSteps.js'

interface Input {
  readonly amount: bigint
}

/** `openledger stake deposit`: adds OPEN to the account's stake. */
export async function run(context: CommandContext, { amount }: Input): Promise<void> {
  const connection = await connect(context)
  await runSteps(context, depositStake(connection, amount), `Stake ${formatOpen(amount)}`)
}
