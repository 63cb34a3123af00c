import { checkDeposit, depositOpen } from '../../devnet/bridge/depositOpen.js'
import { devAccounts } from '../../devnet/state/accounts.js'
import type { DevAccountName } from '../../devnet/state/devAccountNames.js'
import { formatOpen } from '../../terminal/formats.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { bridgeDevnet } from './bridgeDevnet.js'

interface Input {
  readonly amount: bigint
  readonly from: DevAccountName
  readonly to: string | undefined
}

/** `openledger devnet bridge deposit`: OPEN from the L1 to the L2. */
export async function run(context: CommandContext, { amount, from, to = from }: Input): Promise<void> {
  const { output, config, flags } = context
  const devnet = await bridgeDevnet(context)
  const deposit = { from: devAccounts()[from], to: await resolveAccount(to, config.keystores), amountWei: amount }
  const what = { from: deposit.from.address, to: deposit.to, amountWei: amount }
  const open = formatOpen(amount)
  if (flags.dryRun) {
    await checkDeposit(devnet, deposit)
    output.result({ ...what, deposited: false }, () => `${open} of ${from} on the L1 would go to ${to} on the L2.`)
    return
  }
  await context.confirm(`Deposit ${open} of ${from} on the L1 to ${to} on the L2?`)
  const { l1Hash, l2Hash } = await output.step('Deposit', () => depositOpen(devnet, deposit))
  output.result({ ...what, deposited: true, l1Hash, l2Hash }, () =>
    [`${open} arrived with ${to} on the L2.`, `L1 transaction  ${l1Hash}`, `L2 transaction  ${l2Hash}`].join('\n'),
  )
}
