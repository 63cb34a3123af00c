import { join } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { failedChecks } from '../workflows/network/failedChecks.js'
import { type QuickstartParameters, type QuickstartReturnType, quickstart } from '../workflows/quickstart/quickstart.js'
import { attributionView, summary } from './attribute.js'
import { checksOf, describeQuickstart, expectation, namesOf } from './describeQuickstart.js'
import { devnetData } from './devnet/describeDevnet.js'
import type { CommandContext } from './shared/CommandContext.js'
import { trainingData } from './train.js'
import { trainingView } from './views/trainingView.js'

interface Input {
  readonly directory: string | undefined
  readonly template: string
  readonly keepDevnet: boolean
}

/**
 * `openledger quickstart`: the main job, end to end.
 *
 * @param smaller another template and settings, for a run that takes less time
 */
export async function run(
  context: CommandContext,
  { template, keepDevnet, ...input }: Input,
  smaller: Pick<QuickstartParameters, 'templates' | 'settings'> = {},
): Promise<void> {
  const { output, cwd, signal } = context
  const started = performance.now()
  let keep: (() => void) | undefined
  const view = await trainingView(output, { title: 'Train', live: false })
  const result = await quickstart({
    folder: { wanted: input.directory, fallback: join(cwd, 'openledger-quickstart') },
    ...smaller,
    template,
    keepDevnet,
    signal,
    step: (title, work) => output.step(title, work),
    ...view.listeners,
    onStep(report) {
      view.listeners.onStep(report)
      if (report.step === report.steps) view.finish()
    },
    onAttribution: attributionView(output),
    onDevnet(devnet) {
      keep = context.onExit(() => devnet.stop())
    },
  })
  if (keepDevnet) keep?.()
  else await result.devnet.stop()
  const seconds = (performance.now() - started) / 1000
  output.result(
    documentOf(result, seconds, keepDevnet),
    (_, style) => describeQuickstart(result, { seconds, devnetKept: keepDevnet, shell: context.shell }, style),
    failureOf(result),
  )
}

/** Why a quickstart that ran to its end has failed all the same: its model learned nothing, or a check does not hold. */
export function failureOf(result: QuickstartReturnType): OpenLedgerError | undefined {
  const loss = result.training.manifest.evalLoss
  if (loss !== null && loss.after >= loss.before)
    return new OpenLedgerError('OL1407', { before: loss.before, after: loss.after })
  return failedChecks(checksOf(result))
}

function documentOf(result: QuickstartReturnType, seconds: number, devnetKept: boolean) {
  const { scaffold, datanet, attributions, scorer, model, payments, epoch, claims, verification } = result
  const names = namesOf(result)
  return {
    directory: result.directory,
    seconds,
    datanet: {
      name: scaffold.datanet.name,
      records: scaffold.status.records,
      contributors: scaffold.contributors,
      version: datanet.version.version,
      root: datanet.version.root,
      datanetId: datanet.datanetId,
      transactionHash: datanet.transactionHash ?? null,
    },
    devnet: { ...devnetData(result.devnet), kept: devnetKept },
    training: trainingData(result.training),
    scorer,
    answers: attributions.map((each) => ({ ...summary(each), ...expectation(each, names) })),
    model,
    payments: payments.map(({ inference: { inferenceId }, feeWei, poolWei }) => ({ inferenceId, feeWei, poolWei })),
    epoch: {
      epoch: epoch.epoch.manifest.epoch,
      receiptsRoot: epoch.epoch.manifest.receiptsRoot,
      rewardsRoot: epoch.epoch.manifest.rewardsRoot,
      receiptCount: epoch.epoch.manifest.receiptCount,
      totalAllocatedWei: BigInt(epoch.epoch.manifest.totalAllocatedWei),
      bondWei: epoch.bondWei,
      unattributed: epoch.unattributed,
      warpedSeconds: claims.warpedSeconds,
    },
    claims: claims.paid.map((claim) => ({ ...claim, name: names.get(claim.account.toLowerCase()) ?? null })),
    verification: { ...verification, balances: result.balances },
  }
}
