import { checkFinalize, finalizeWithdrawal } from '../../devnet/bridge/completeWithdrawal.js'
import { devAccounts } from '../../devnet/state/accounts.js'
import type { DevAccountName } from '../../devnet/state/devAccountNames.js'
import { formatDuration } from '../../terminal/formats.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { bridgeDevnet, transactionHash } from './bridgeDevnet.js'

interface Input {
  readonly transaction: string
  readonly by: DevAccountName
  readonly warp: boolean
}

/** `openledger devnet bridge finalize`: pays a proven withdrawal out on the L1. */
export async function run(context: CommandContext, { transaction, by, warp }: Input): Promise<void> {
  const { output, flags } = context
  const devnet = await bridgeDevnet(context)
  const hash = transactionHash(transaction)
  if (flags.dryRun) {
    const { secondsLeft } = await checkFinalize(devnet, { hash, warp })
    output.result({ hash, finalized: [], warpedSeconds: secondsLeft }, () =>
      secondsLeft === 0
        ? 'The withdrawal would be paid out.'
        : `The clocks would be moved by ${formatDuration(secondsLeft * 1_000)}, and the withdrawal paid out.`,
    )
    return
  }
  const { hashes, warpedSeconds } = await output.step('Finalize', () =>
    finalizeWithdrawal(devnet, { hash, by: devAccounts()[by], warp }),
  )
  if (warpedSeconds > 0) output.note(`The devnet’s clocks were moved by ${warpedSeconds} seconds, past the delay.`)
  output.result(
    { hash, status: 'finalized', finalized: hashes, warpedSeconds },
    () => `Paid out on the L1, in the transaction ${hashes.join(', ')}.`,
  )
}
