import { formatOpen, shortHex } from '../../terminal/formats.js'
import { planJudgement, prepareChallenge, rivalRoot, sendJudgement } from '../../workflows/epochs/judgeEpoch.js'
import { epochInQuestion } from '../../workflows/epochs/recomputeEpoch.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import { agreeTo } from '../shared/agreeTo.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { describeTransactions } from '../views/describeTransactions.js'
import { type AgainInput, checkAgainInput, computeAgain } from './computeAgain.js'

interface Input extends AgainInput {
  readonly root: `0x${string}` | undefined
}

/** `openledger rewards challenge`: puts the root that was computed here against the posted one. */
export async function run(context: CommandContext, { root: given, ...again }: Input): Promise<void> {
  const { output, config, flags, shell } = context
  checkAgainInput('openledger rewards challenge', again, given)
  const { root: workspace, paths } = context.workspace()
  const connection = await openConnection({ ...config, workspace })
  const recomputed =
    given === undefined
      ? await computeAgain(context, connection, paths, again)
      : { onChain: await epochInQuestion(connection, again.epoch), differences: [], model: null }
  const claimed = 'own' in recomputed ? rivalRoot(recomputed) : (given as `0x${string}`)
  const { onChain, differences, model } = recomputed
  const challenge = await prepareChallenge(connection, onChain.number, claimed)
  const { epoch, rewardsRoot, bondWei } = challenge
  const data = { epoch, postedRoot: onChain.rewardsRoot, rewardsRoot, bondWei, differences, model }
  for (const { field, posted, computed } of differences)
    output.note(`${field} was posted as ${posted}, computed as ${computed}`)
  const means = bondWei === 0n ? 'Vote for the challenge of' : `With a bond of ${formatOpen(bondWei)}, challenge`
  const question = `${means} epoch ${epoch} of the ledger with the root ${shortHex(rewardsRoot, 8)}`
  if (flags.dryRun) {
    const transactions = await planJudgement(connection, challenge)
    output.result({ challenged: false, ...data, transactions }, () => describeTransactions(transactions))
    return
  }
  await agreeTo(context, connection, () => planJudgement(connection, challenge), question)
  const { weightWei, hash } = await output.step('Challenge it', () => sendJudgement(connection, challenge))
  output.result({ challenged: true, ...data, weightWei, transactionHash: hash }, () =>
    [
      `${bondWei === 0n ? 'Voted against' : 'Challenged'} epoch ${epoch} of the ledger, with a stake of ${formatOpen(weightWei)}.`,
      `When voting is over: ${shell.line(`rewards resolve ${epoch}`)}`,
    ].join('\n'),
  )
}
