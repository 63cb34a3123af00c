import { formatOpen } from '../../terminal/formats.js'
import { publishedDatanet } from '../../workflows/datanets/accessRequests.js'
import { collectShares, planCollection, prepareIncome } from '../../workflows/datanets/datanetShares.js'
import { agreeTo } from '../shared/agreeTo.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { describeTransactions } from '../views/describeTransactions.js'

interface Input {
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet shares collect`: pays out what the signer's shares have earned. */
export async function run(context: CommandContext, { datanet }: Input): Promise<void> {
  const { output, config, flags } = context
  const connection = await connect(context)
  const datanetId = datanet ?? publishedDatanet(config.workspace?.root, connection)
  const prepared = await prepareIncome(connection, datanetId)
  const { account, dueWei, incomeWei, creditWei } = prepared
  const data = { datanetId, account, dueWei, incomeWei, creditWei }
  const inWords = `${formatOpen(incomeWei + creditWei)}, and its part of ${formatOpen(dueWei)} that is due`
  const plan = () => planCollection(connection, prepared)
  if (flags.dryRun) {
    const transactions = await output.step('Check what would be sent', plan)
    output.result({ sent: false, ...data, transactions }, () =>
      [`${account} would collect ${inWords}.`, describeTransactions(transactions)].join('\n'),
    )
    return
  }
  const title = 'Collect the income of the shares'
  await agreeTo(context, connection, plan, `${title}: ${inWords}`)
  const { amountWei, transactionHashes } = await output.step(title, () => collectShares(connection, prepared))
  output.result(
    { sent: true, ...data, amountWei, transactionHashes },
    () => `${formatOpen(amountWei)} went to ${account}.`,
  )
}
