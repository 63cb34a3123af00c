import { formatOpen } from '../../terminal/formats.js'
import { prepareDeposit } from '../../workflows/stake/manageStake.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { openNetwork } from '../shared/openNetwork.js'
import { runSteps } from './runSteps.js'

interface Input {
  readonly amount: bigint
}

/** `openledger stake deposit`: adds OPEN to the account's stake. */
export async function run(context: CommandContext, { amount }: Input): Promise<void> {
  const chain = await openNetwork(context)
  await runSteps(context, chain, prepareDeposit(chain, amount), `Stake ${formatOpen(amount)}`)
}
