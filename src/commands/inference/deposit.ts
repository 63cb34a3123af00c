import { depositEscrow } from '../../chain/actions/inference/depositEscrow.js'
import { getDeposit } from '../../chain/actions/inference/getDeposit.js'
import { formatOpen } from '../../terminal/formats.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly amount: bigint
  readonly for: string | undefined
}

/** `openledger inference deposit`: puts OPEN aside, against which vouchers are redeemed. */
export async function run(context: CommandContext, { amount: amountWei, for: who }: Input): Promise<void> {
  const { output, config } = context
  const connection = await connect(context)
  const account =
    who === undefined ? connection.as('user').account.address : await resolveAccount(who, config.keystores)
  const data = { account, amountWei }
  const operation = defineOperation(connection, {
    role: 'user',
    title: `Deposit ${formatOpen(amountWei)} for vouchers of ${account}`,
    facts: data,
    act: (client) => depositEscrow(client, { account, amountWei }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const { balanceWei, spendableWei } = await getDeposit(connection.client, { account })
  output.result(
    { sent: true, ...data, balanceWei, spendableWei, transactionHash: sent.hash },
    () => `${account} has ${formatOpen(balanceWei)} deposited; vouchers can take ${formatOpen(spendableWei)}.`,
  )
}
