import { formatOpen, shortHex } from '../../terminal/formats.js'
import { challenge, rivalRoot } from '../../workflows/epochs/judgeEpoch.js'
import { epochInQuestion } from '../../workflows/epochs/recomputeEpoch.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { type AgainInput, checkAgainInput, computeAgain } from './computeAgain.js'

interface Input extends AgainInput {
  readonly root: `0x${string}` | undefined
}

/** `openledger rewards challenge`: puts the root that was computed here against the posted one. */
export async function run(context: CommandContext, { root: given, ...again }: Input): Promise<void> {
  const { output, config, shell } = context
  checkAgainInput('openledger rewards challenge', again, given)
  const { root: workspace, paths } = context.workspace()
  const connection = await openConnection({ ...config, workspace })
  const recomputed =
    given === undefined
      ? await computeAgain(context, connection, paths, again)
      : { onChain: await epochInQuestion(connection, again.epoch), differences: [], model: null }
  const root = 'own' in recomputed ? rivalRoot(recomputed) : (given as `0x${string}`)
  const operation = await challenge(connection, recomputed, root)
  const { epoch, rewardsRoot, bondWei, differences } = operation.facts
  for (const { field, posted, computed } of differences)
    output.note(`${field} was posted as ${posted}, computed as ${computed}`)
  const means = bondWei === 0n ? 'Vote for the challenge of' : `With a bond of ${formatOpen(bondWei)}, challenge`
  const question = `${means} epoch ${epoch} of the ledger with the root ${shortHex(rewardsRoot, 8)}`
  const challenged = await carryOut(context, operation, { done: 'challenged', question })
  if (challenged === undefined) return
  const { weightWei, hash } = challenged
  output.result({ challenged: true, ...operation.facts, weightWei, transactionHash: hash }, () =>
    [
      `${bondWei === 0n ? 'Voted against' : 'Challenged'} epoch ${epoch} of the ledger, with a stake of ${formatOpen(weightWei)}.`,
      `When voting is over: ${shell.line(`rewards resolve ${epoch}`)}`,
    ].join('\n'),
  )
}
