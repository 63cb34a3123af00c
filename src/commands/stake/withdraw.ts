import { formatOpen } from '../../terminal/formats.js'
import { collectStake, requestStake } from '../../workflows/stake/manageStake.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { runSteps } from './runSteps.js'

interface Input {
  readonly amount: bigint | undefined
}

/** `openledger stake withdraw`: asks for stake, or collects what waits and what was earned. */
export async function run(context: CommandContext, { amount }: Input): Promise<void> {
  const connection = await connect(context)
  if (amount === undefined) await runSteps(context, await collectStake(connection), 'Collect what can be')
  else await runSteps(context, requestStake(connection, amount), `Ask for ${formatOpen(amount)} of the stake`)
}
