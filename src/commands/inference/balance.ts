import { getDeposit } from '../../chain/actions/inference/getDeposit.js'
import { formatOpen } from '../../terminal/formats.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly for: string | undefined
}

/** `openledger inference balance`: an account's deposit for vouchers, and what of it was asked back. */
export async function run(context: CommandContext, { for: who }: Input): Promise<void> {
  const { output, config } = context
  const connection = await connect(context)
  const account =
    who === undefined ? connection.as('user').account.address : await resolveAccount(who, config.keystores)
  const found = await getDeposit(connection.client, { account })
  const { balanceWei, withdrawingWei, spendableWei } = found
  const availableAt = withdrawingWei === 0n ? null : new Date(found.availableAt * 1000).toISOString()
  output.result({ account, balanceWei, spendableWei, withdrawingWei, availableAt }, () =>
    [
      `${account}`,
      `  deposited    ${formatOpen(balanceWei)}`,
      `  to spend     ${formatOpen(spendableWei)}`,
      `  asked back   ${formatOpen(withdrawingWei)}${availableAt === null ? '' : `, from ${availableAt}`}`,
    ].join('\n'),
  )
}
