import { formatCount, formatOpen, shortHex } from '../../terminal/formats.js'
import { postEpoch } from '../../workflows/epochs/postEpoch.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { describeTransactions } from '../views/describeTransactions.js'

/** `openledger rewards post`: an epoch of everything that was paid for since the last. */
export async function run(context: CommandContext): Promise<void> {
  const { output, config } = context
  const { root, paths } = context.workspace()
  const connection = await openConnection({ ...config, workspace: root })
  const operation = await output.step('Build the epoch', () => postEpoch(paths, connection))
  const { facts } = operation
  if (facts.resumed) output.note('An earlier run built this epoch and was stopped before it was posted.')
  if (facts.unpaid > 0) output.warn(`${formatCount(facts.unpaid, 'noted inference')} never paid for and left out`)
  if (facts.unredeemed > 0)
    output.warn(
      `${formatCount(facts.unredeemed, 'inference')} under vouchers that nobody has redeemed left out: ${context.shell.line('inference voucher redeem')}`,
    )
  if (facts.unattributed > 0)
    output.warn(`${formatCount(facts.unattributed, 'answer')} shaped by no record: what was paid stays in the pool`)
  const text = `epoch ${facts.epoch}: ${formatCount(facts.receiptCount, 'receipt')}, ${formatOpen(facts.poolWei)} to contributors`
  const posted = await carryOut(context, operation, {
    done: 'posted',
    question: `Post ${text}, with a bond`,
    describe: (transactions) => [`Would post ${text}.`, describeTransactions(transactions)].join('\n'),
  })
  if (posted === undefined) return
  const challengeableUntil = new Date(posted.onChain.challengeableUntil * 1000).toISOString()
  const { transactionHash, bondWei, folder } = posted
  output.result({ posted: true, ...facts, folder, bondWei, transactionHash, challengeableUntil }, () =>
    [
      `Posted ${text}.`,
      `rewards root ${shortHex(facts.rewardsRoot, 8)}, bond ${formatOpen(bondWei)}, open to challenge until ${challengeableUntil}`,
      `Next: ${context.shell.line('rewards claim')} (on the devnet with --warp)`,
    ].join('\n'),
  )
}
