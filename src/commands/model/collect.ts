import { getCredit } from '../../chain/actions/tokens/getCredit.js'
import { withdrawCredits } from '../../chain/actions/tokens/withdrawCredits.js'
import { formatOpen } from '../../terminal/formats.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

/** `openledger model collect`: pays out the signer's part of what was paid for its models. */
export async function run(context: CommandContext): Promise<void> {
  const connection = await connect(context)
  const account = connection.as('maintainer').account.address
  const owedWei = await getCredit(connection.client, { contract: 'InferenceEscrow', account })
  const operation = defineOperation(connection, {
    role: 'maintainer',
    title: `Collect the ${formatOpen(owedWei)} that payments owe ${account}`,
    facts: { account, owedWei },
    act: (client) => withdrawCredits(client, { contract: 'InferenceEscrow' }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const { amountWei, hash } = sent
  context.output.result(
    { sent: true, account, amountWei, transactionHash: hash },
    () => `${formatOpen(amountWei)} went to ${account}.`,
  )
}
