import { fundStakers } from '../../chain/actions/staking/fundStakers.js'
import { formatOpen } from '../../terminal/formats.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { sendAs } from '../shared/sendAs.js'

/** `openledger stake fund`: sends the stakers' part of payments on to them. */
export async function run(context: CommandContext): Promise<void> {
  const connection = await connect(context)
  const sent = await sendAs(context, connection, {
    role: 'user',
    title: 'Send the stakers’ part of payments on',
    data: {},
    action: (client) => fundStakers(client),
  })
  if (sent === undefined) return
  const { amountWei, hash } = sent
  context.output.result(
    { sent: true, amountWei, transactionHash: hash },
    () => `${formatOpen(amountWei)} are paid to stakers, over the seven days after these.`,
  )
}
