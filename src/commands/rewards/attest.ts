import { formatOpen, shortHex } from '../../terminal/formats.js'
import { attest } from '../../workflows/epochs/judgeEpoch.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { describeTransactions } from '../views/describeTransactions.js'
import { type AgainInput, checkAgainInput, computeAgain } from './computeAgain.js'

/** `openledger rewards attest`: computes an epoch again, and votes for it when nothing differs. */
export async function run(context: CommandContext, input: AgainInput): Promise<void> {
  const { output, config } = context
  checkAgainInput('openledger rewards attest', input)
  const { root, paths } = context.workspace()
  const connection = await openConnection({ ...config, workspace: root })
  const recomputed = await computeAgain(context, connection, paths, input)
  const operation = attest(connection, recomputed)
  const { epoch, rewardsRoot, model } = operation.facts
  // Reported before the vote is tried: a validator without stake may still need to know.
  output.note('Computed again, and the same as what was posted.')
  const text = `epoch ${epoch} of the ledger, rewards root ${shortHex(rewardsRoot, 8)}`
  const attested = await carryOut(context, operation, {
    done: 'attested',
    question: `Attest ${text}`,
    describe: (transactions) => [`Would attest ${text}.`, describeTransactions(transactions)].join('\n'),
  })
  if (attested === undefined) return
  const { weightWei, hash } = attested
  output.result({ attested: true, epoch, rewardsRoot, model, weightWei, transactionHash: hash }, () =>
    [
      `Attested ${text}, with a stake of ${formatOpen(weightWei)}.`,
      `The stake stays in until the epoch is decided and the vote settled.`,
    ].join('\n'),
  )
}
