import { requestWithdrawal } from '../../chain/actions/inference/requestWithdrawal.js'
import { withdrawDeposit } from '../../chain/actions/inference/withdrawDeposit.js'
import { formatOpen } from '../../terminal/formats.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { Connection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly amount: bigint | undefined
}

/** `openledger inference withdraw`: asks for a deposit back, or collects what was asked for. */
export async function run(context: CommandContext, { amount }: Input): Promise<void> {
  const connection = await connect(context)
  if (amount === undefined) await collect(context, connection)
  else await ask(context, connection, amount)
}

async function ask(context: CommandContext, connection: Connection, amountWei: bigint): Promise<void> {
  const account = connection.as('user').account.address
  const data = { account, amountWei }
  const operation = defineOperation(connection, {
    role: 'user',
    title:
      amountWei === 0n ? 'Take the request for the deposit back' : `Ask for ${formatOpen(amountWei)} of the deposit`,
    facts: data,
    act: (client) => requestWithdrawal(client, { amountWei }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const availableAt = amountWei === 0n ? null : new Date(sent.availableAt * 1000).toISOString()
  context.output.result({ sent: true, ...data, availableAt, transactionHash: sent.hash }, () =>
    availableAt === null
      ? 'Nothing is asked for any more.'
      : `${formatOpen(amountWei)} can be collected from ${availableAt}, less what vouchers take until then.`,
  )
}

async function collect(context: CommandContext, connection: Connection): Promise<void> {
  const account = connection.as('user').account.address
  const operation = defineOperation(connection, {
    role: 'user',
    title: 'Collect the deposit that was asked for',
    facts: { account },
    act: (client) => withdrawDeposit(client),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const { amountWei, hash } = sent
  context.output.result(
    { sent: true, account, amountWei, transactionHash: hash },
    () => `${formatOpen(amountWei)} of the deposit went to ${account}.`,
  )
}
