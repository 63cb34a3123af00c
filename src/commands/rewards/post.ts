import { formatCount, formatOpen, shortHex } from '../../terminal/formats.js'
import { planEpoch, postEpoch, prepareEpoch } from '../../workflows/epochs/postEpoch.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import { agreeTo } from '../shared/agreeTo.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { describeTransactions } from '../views/describeTransactions.js'

/** `openledger rewards post`: an epoch of everything that was paid for since the last. */
export async function run(context: CommandContext): Promise<void> {
  const { output, config, flags } = context
  const { root, paths } = context.workspace()
  const connection = await openConnection({ ...config, workspace: root })
  const prepared = await output.step('Build the epoch', () => prepareEpoch(paths, connection))
  const { manifest, manifestHash } = prepared.epoch
  const data = {
    epoch: manifest.epoch,
    receiptCount: manifest.receiptCount,
    poolWei: BigInt(manifest.poolWei),
    totalAllocatedWei: BigInt(manifest.totalAllocatedWei),
    receiptsRoot: manifest.receiptsRoot,
    rewardsRoot: manifest.rewardsRoot,
    manifestHash,
    resumed: prepared.resumed,
    unpaid: prepared.unpaid,
    unredeemed: prepared.unredeemed,
    unattributed: prepared.unattributed,
  }
  if (prepared.resumed) output.note('An earlier run built this epoch and was stopped before it was posted.')
  if (prepared.unpaid > 0) output.warn(`${formatCount(prepared.unpaid, 'noted inference')} never paid for and left out`)
  if (prepared.unredeemed > 0)
    output.warn(
      `${formatCount(prepared.unredeemed, 'inference')} under vouchers that nobody has redeemed left out: ${context.shell.line('inference voucher redeem')}`,
    )
  if (prepared.unattributed > 0)
    output.warn(`${formatCount(prepared.unattributed, 'answer')} shaped by no record: what was paid stays in the pool`)
  const text = `epoch ${data.epoch}: ${formatCount(data.receiptCount, 'receipt')}, ${formatOpen(data.poolWei)} to contributors`
  if (flags.dryRun) {
    const transactions = await planEpoch(connection, prepared)
    output.result({ posted: false, ...data, transactions }, () =>
      [`Would post ${text}.`, describeTransactions(transactions)].join('\n'),
    )
    return
  }
  await agreeTo(context, connection, () => planEpoch(connection, prepared), `Post ${text}, with a bond`)
  const posted = await output.step('Post its roots', () => postEpoch(paths, connection, prepared))
  const challengeableUntil = new Date(posted.onChain.challengeableUntil * 1000).toISOString()
  const { transactionHash, bondWei, folder } = posted
  output.result({ posted: true, ...data, folder, bondWei, transactionHash, challengeableUntil }, () =>
    [
      `Posted ${text}.`,
      `rewards root ${shortHex(data.rewardsRoot, 8)}, bond ${formatOpen(bondWei)}, open to challenge until ${challengeableUntil}`,
      `Next: ${context.shell.line('rewards claim')} (on the devnet with --warp)`,
    ].join('\n'),
  )
}
