import { formatOpen } from '../../terminal/formats.js'
import type { SentStep, StakeOperation, StakeStep } from '../../workflows/stake/manageStake.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { describeTransactions } from '../views/describeTransactions.js'

/** Carries out what a staker asked for, and describes each step. */
export async function runSteps(context: CommandContext, operation: StakeOperation, title: string): Promise<void> {
  const { account, steps } = operation.facts
  const shown = { ...operation, facts: { account, steps: steps.map(plain) } }
  const sent = await carryOut(context, shown, {
    title,
    done: 'done',
    question: `${title} as ${account}`,
    describe: (transactions) =>
      [...steps.map((step) => `Would ${inWords(step)}.`), describeTransactions(transactions)].join('\n'),
  })
  if (sent === undefined) return
  context.output.result({ done: true, account, steps: sent.map(plain) }, () => sent.map(describe).join('\n'))
}

const words: Readonly<Record<StakeStep['name'], string>> = {
  deposit: 'stake',
  request: 'ask for stake of',
  settle: 'settle the vote on a decided epoch',
  'withdraw stake': 'collect stake of',
  'withdraw rewards': 'collect rewards of',
  'withdraw bonds': 'collect bonds of',
}

const inWords = ({ name, amountWei }: StakeStep): string =>
  amountWei === undefined ? words[name] : `${words[name]} ${formatOpen(amountWei)}`

/** A step in the result document: what is not known is null. */
const plain = ({ name, amountWei, ...sent }: StakeStep & Partial<SentStep>) => ({
  name,
  amountWei: amountWei ?? null,
  ...(sent.transactionHash !== undefined && { transactionHash: sent.transactionHash }),
  ...(sent.availableAt !== undefined && { availableAt: new Date(sent.availableAt * 1000).toISOString() }),
  ...(sent.settled !== undefined && {
    epoch: sent.settled.epoch,
    rewardWei: sent.settled.rewardWei,
    slashedWei: sent.settled.slashedWei,
  }),
})

function describe(step: SentStep): string {
  const { settled, availableAt, amountWei = 0n } = step
  if (settled !== undefined)
    return `The vote on epoch ${settled.epoch} is settled: ${formatOpen(settled.rewardWei)} won, ${formatOpen(settled.slashedWei)} of the stake lost.`
  if (availableAt !== undefined)
    return `${formatOpen(amountWei)} can be collected from ${new Date(availableAt * 1000).toISOString()}.`
  return {
    deposit: `Staked ${formatOpen(amountWei)}: it votes on epochs that are posted from now on.`,
    request: '',
    settle: '',
    'withdraw stake': `Collected ${formatOpen(amountWei)} of stake.`,
    'withdraw rewards': `Collected ${formatOpen(amountWei)} of rewards.`,
    'withdraw bonds': `Collected ${formatOpen(amountWei)} of bonds, one’s own and others’.`,
  }[step.name]
}
