import { proveWithdrawal } from '../../devnet/bridge/completeWithdrawal.js'
import { withdrawalsOf } from '../../devnet/bridge/withdrawals.js'
import { devAccounts } from '../../devnet/state/accounts.js'
import type { DevAccountName } from '../../devnet/state/devAccountNames.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { bridgeDevnet, transactionHash } from './bridgeDevnet.js'

interface Input {
  readonly transaction: string
  readonly by: DevAccountName
}

/** `openledger devnet bridge prove`: shows on the L1 that a withdrawal was made on the L2. */
export async function run(context: CommandContext, { transaction, by }: Input): Promise<void> {
  const { output, flags, shell } = context
  const devnet = await bridgeDevnet(context)
  const hash = transactionHash(transaction)
  if (flags.dryRun) {
    const withdrawals = await withdrawalsOf(devnet, hash)
    output.result({ hash, status: withdrawals[0]?.status, proven: [] }, () =>
      withdrawals.map(({ status }) => `The withdrawal is ${status.replaceAll('-', ' ')}.`).join('\n'),
    )
    return
  }
  const proven = await output.step('Prove', () => proveWithdrawal(devnet, { hash, by: devAccounts()[by] }))
  output.result({ hash, status: 'waiting-to-finalize', proven }, () =>
    [
      `Proven on the L1, in the transaction ${proven.join(', ')}.`,
      `Next: ${shell.line(`devnet bridge finalize ${hash}`)} (with --warp past the delay)`,
    ].join('\n'),
  )
}
