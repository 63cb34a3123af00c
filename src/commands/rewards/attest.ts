import { formatOpen, shortHex } from '../../terminal/formats.js'
import { planJudgement, prepareAttestation, sendJudgement } from '../../workflows/epochs/judgeEpoch.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import { agreeTo } from '../shared/agreeTo.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { describeTransactions } from '../views/describeTransactions.js'
import { type AgainInput, checkAgainInput, computeAgain } from './computeAgain.js'

/** `openledger rewards attest`: computes an epoch again, and votes for it when nothing differs. */
export async function run(context: CommandContext, input: AgainInput): Promise<void> {
  const { output, config, flags } = context
  checkAgainInput('openledger rewards attest', input)
  const { root, paths } = context.workspace()
  const connection = await openConnection({ ...config, workspace: root })
  const recomputed = await computeAgain(context, connection, paths, input)
  const attestation = prepareAttestation(recomputed)
  const { epoch, rewardsRoot } = attestation
  // Said before the vote is tried: who has no stake still wants to know.
  output.note('Computed again, and the same as what was posted.')
  const { model } = recomputed
  const text = `epoch ${epoch} of the ledger, rewards root ${shortHex(rewardsRoot, 8)}`
  if (flags.dryRun) {
    const transactions = await planJudgement(connection, attestation)
    output.result({ attested: false, epoch, rewardsRoot, model, transactions }, () =>
      [`Would attest ${text}.`, describeTransactions(transactions)].join('\n'),
    )
    return
  }
  await agreeTo(context, connection, () => planJudgement(connection, attestation), `Attest ${text}`)
  const { weightWei, hash } = await output.step('Attest it', () => sendJudgement(connection, attestation))
  output.result({ attested: true, epoch, rewardsRoot, model, weightWei, transactionHash: hash }, () =>
    [
      `Attested ${text}, with a stake of ${formatOpen(weightWei)}.`,
      `The stake stays in until the epoch is decided and the vote settled.`,
    ].join('\n'),
  )
}
