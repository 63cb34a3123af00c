import { fundStakers } from '../../chain/actions/staking/fundStakers.js'
import { formatOpen } from '../../terminal/formats.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

/** `openledger stake fund`: sends the stakers' part of payments on to them. */
export async function run(context: CommandContext): Promise<void> {
  const connection = await connect(context)
  const operation = defineOperation(connection, {
    role: 'user',
    title: 'Send the stakers’ part of payments on',
    facts: {},
    act: (client) => fundStakers(client),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const { amountWei, hash } = sent
  context.output.result(
    { sent: true, amountWei, transactionHash: hash },
    () => `${formatOpen(amountWei)} are paid to stakers, over the seven days after these.`,
  )
}
