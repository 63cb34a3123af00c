import { formatOpen } from '../../terminal/formats.js'
import { collectShares } from '../../workflows/datanets/datanetShares.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connectDatanet } from '../shared/connectDatanet.js'
import { describeTransactions } from '../views/describeTransactions.js'

interface Input {
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet shares collect`: pays out what the signer's shares have earned. */
export async function run(context: CommandContext, { datanet }: Input): Promise<void> {
  const { output } = context
  const { connection, datanetId } = await connectDatanet(context, datanet)
  const operation = await collectShares(connection, datanetId)
  const { account, dueWei, incomeWei, creditWei } = operation.facts
  const inWords = `${formatOpen(incomeWei + creditWei)}, and its part of ${formatOpen(dueWei)} that is due`
  const collected = await carryOut(context, operation, {
    question: `${operation.title}: ${inWords}`,
    describe: (transactions) => [`${account} would collect ${inWords}.`, describeTransactions(transactions)].join('\n'),
  })
  if (collected === undefined) return
  const { amountWei, transactionHashes } = collected
  output.result(
    { sent: true, ...operation.facts, amountWei, transactionHashes },
    () => `${formatOpen(amountWei)} went to ${account}.`,
  )
}
