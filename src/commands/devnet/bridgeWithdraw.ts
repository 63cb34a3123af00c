import { finalizeWithdrawal, proveWithdrawal } from '../../devnet/bridge/completeWithdrawal.js'
import { checkWithdrawal, startWithdrawal } from '../../devnet/bridge/startWithdrawal.js'
import { devAccounts } from '../../devnet/state/accounts.js'
import type { DevAccountName } from '../../devnet/state/devAccountNames.js'
import { formatDuration, formatOpen } from '../../terminal/formats.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { bridgeDevnet } from './bridgeDevnet.js'

interface Input {
  readonly amount: bigint
  readonly from: DevAccountName
  readonly to: string | undefined
  readonly fastForward: boolean
}

/** `openledger devnet bridge withdraw`: OPEN from the L2 on its way to the L1, with --fast-forward all the way. */
export async function run(context: CommandContext, { amount, from, to = from, fastForward }: Input): Promise<void> {
  const { output, config, flags } = context
  const devnet = await bridgeDevnet(context)
  const by = devAccounts()[from]
  const request = { from: by, to: await resolveAccount(to, config.keystores), amountWei: amount }
  const what = { from: by.address, to: request.to, amountWei: amount }
  const open = formatOpen(amount)
  if (flags.dryRun) {
    await checkWithdrawal(devnet, request)
    output.result({ ...what, withdrawn: false }, () => `${open} of ${from} on the L2 would go to ${to} on the L1.`)
    return
  }
  const clocks = fastForward ? ', and move the clocks of both layers' : ''
  await context.confirm(`Withdraw ${open} of ${from} on the L2 to ${to} on the L1${clocks}?`)
  const { hash, withdrawalHash } = await output.step('Withdraw', () => startWithdrawal(devnet, request))
  const started = { ...what, withdrawn: true, hash, withdrawalHash }
  if (!fastForward) {
    const next = context.shell.line(`devnet bridge prove ${hash}`)
    output.result({ ...started, status: 'waiting-to-prove' }, () =>
      [`${open} left the L2, in the transaction ${hash}.`, `Next: ${next}`].join('\n'),
    )
    return
  }
  const proven = await output.step('Prove', () => proveWithdrawal(devnet, { hash, by }))
  const { hashes, warpedSeconds } = await output.step('Finalize', () =>
    finalizeWithdrawal(devnet, { hash, by, warp: true }),
  )
  output.result({ ...started, status: 'finalized', proven, finalized: hashes, warpedSeconds }, () =>
    [
      `${open} arrived with ${to} on the L1; the clocks were moved by ${formatDuration(warpedSeconds * 1_000)}.`,
      `L2 transaction  ${hash}`,
      `L1 transaction  ${hashes.join(', ')}`,
    ].join('\n'),
  )
}
