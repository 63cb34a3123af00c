import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import { dryRun } from '../lora/plan/dryRun.js'
import type { TrainReturnType } from '../lora/run/train.js'
import { train } from '../lora/run/train.js'
import { unfinishedFolder, unfinishedStep } from '../lora/run/unfinished.js'
import { reportName } from '../lora/run/writeAdapter.js'
import type { TrainingSettingsInput } from '../lora/settings/settings.js'
import { describeStretches, type MeanTrainingLoss, meanTrainingLoss } from '../lora/step/meanTrainingLoss.js'
import { peakMemory } from '../lora/step/peakMemory.js'
import { preferSmallHeap } from '../lora/step/smallHeap.js'
import type { Device, RunDevice } from '../onnx/graph/RunDevice.js'
import type { Placement } from '../onnx/runtime/placement.js'
import { type FieldMapInput, parseFieldMap } from '../records/FieldMap.js'
import { trainingFields } from '../records/trainingRecord.js'
import { Interruption } from '../terminal/createLifetime.js'
import { quote } from '../terminal/Shell.js'
import { openVersion } from '../workflows/datanets/openVersion.js'
import { datanetData, trainOnDatanet } from '../workflows/models/trainOnDatanet.js'
import type { CommandContext } from './shared/CommandContext.js'
import { chooseBase } from './shared/chooseBase.js'
import { describeDryRun } from './views/describeDryRun.js'
import { describePlacement } from './views/describePlacement.js'
import { trainingView } from './views/trainingView.js'
import { warnOfSlowInt8 } from './views/warnOfSlowInt8.js'

interface Input
  extends Omit<
      TrainingSettingsInput,
      | 'map'
      | 'targetModules'
      | 'excludeModules'
      | 'layers'
      | 'layersPattern'
      | 'modulesToSave'
      | 'rankPattern'
      | 'alphaPattern'
    >,
    FieldMapInput {
  readonly base: string | undefined
  readonly revision: string | undefined
  readonly data: readonly string[]
  readonly datanet: number | undefined
  readonly output: string | undefined
  readonly evalData: string | undefined
  /** Its settings are among the others already. */
  readonly config: string | undefined
  readonly initAdapter: string | undefined
  readonly targetModules: string | undefined
  readonly excludeModules: string | undefined
  readonly modulesToSave: string | undefined
  readonly rankPattern: string | undefined
  readonly alphaPattern: string | undefined
  readonly layers: string | undefined
  readonly layersPattern: string | undefined
  /** Train an adapter further that was trained on another base model. */
  readonly force: boolean
  readonly resume: boolean
  readonly device: Device
}

/** The workspace's questions where there are some; else the adapter answers the first one. */
function nextOf({ config: { workspace }, cwd }: CommandContext, folder: string): string {
  const adapter = `--adapter ${quote(relative(cwd, folder) || '.')}`
  const questions = workspace?.paths.questions
  if (questions === undefined || !existsSync(questions)) return `model generate "Hello" ${adapter}`
  return `attribute ${adapter} --queries ${quote(relative(cwd, questions))}`
}

/** `openledger train`: LoRA on a file of records, or on a version of the workspace's Datanet. */
export async function run(context: CommandContext, input: Input): Promise<void> {
  const { output, signal, cwd } = context
  preferSmallHeap()
  const {
    config: _settingsFile,
    data,
    datanet,
    evalData,
    device,
    base,
    revision,
    initAdapter,
    targetModules,
    excludeModules,
    modulesToSave,
    rankPattern,
    alphaPattern,
    layers,
    layersPattern,
    map: columns,
    promptField,
    completionField,
    force,
    resume,
    output: target,
    ...settings
  } = input
  const file = target ?? join(cwd, 'adapter')
  const map = parseFieldMap({ map: columns, promptField, completionField }, trainingFields)
  const what = {
    base: await chooseBase(context, { base, revision }),
    device,
    signal,
    settings: {
      ...settings,
      ...(map && { map }),
      ...(targetModules !== undefined && { targetModules: parseTargets(targetModules) }),
      ...(excludeModules !== undefined && { excludeModules: parseTargets(excludeModules) }),
      ...(modulesToSave !== undefined && { modulesToSave: parseNames(modulesToSave) }),
      ...(rankPattern !== undefined && { rankPattern: parsePattern('rank-pattern', rankPattern) }),
      ...(alphaPattern !== undefined && { alphaPattern: parsePattern('alpha-pattern', alphaPattern) }),
      ...(layers !== undefined && { layers: parseLayers(layers) }),
      ...(layersPattern !== undefined && { layersPattern: parseNames(layersPattern) }),
    },
    ...(initAdapter !== undefined && { initAdapter }),
    ...(force && { onOtherBase: (warning: string) => output.warn(warning) }),
  }
  if (settings.compute === 'int8') await warnOfSlowInt8(output, what.base.path, settings.batchSize ?? 1)
  if (context.flags.dryRun) {
    const source =
      data.length === 0
        ? await datanetData(context.workspace().paths, datanet, evalData)
        : { data, ...(evalData !== undefined && { evalData }) }
    const found = await output.step('Time a few batches', () => dryRun({ ...what, ...source }))
    return output.result(found, describeDryRun)
  }
  const view = await trainingView(output, {
    title: target === undefined && data.length === 0 ? 'Train' : `Train ${relative(cwd, file) || '.'}`,
    live: true,
  })
  const parameters = {
    ...what,
    resume,
    ...(evalData !== undefined && { evalData }),
    ...view.listeners,
    onPlacement: (placement: Placement, on: RunDevice) => output.note(describePlacement(placement, on)),
  }
  const trained =
    data.length > 0
      ? await resumable(context, file, async () =>
          train({ ...parameters, data, output: file, overwrite: await mayReplace(context, file, resume) }),
        )
      : await trainVersion(context, parameters, datanet, target)
  view.finish()
  output.result(trainingData(trained), (result, { paint }) =>
    [
      `${paint.bold(relative(cwd, trained.output) || '.')}: ${result.steps} steps, ${result.tokensPerSecond} tokens/s`,
      ...(result.evalLoss === null
        ? [describeTrainingLoss(result.meanTrainLoss)]
        : [`held-out loss ${result.evalLoss.before.toFixed(4)} → ${paint.green(result.evalLoss.after.toFixed(4))}`]),
      `Report ${relative(cwd, join(trained.output, reportName))}`,
      `Next: ${context.shell.line(nextOf(context, trained.output))}`,
    ].join('\n'),
  )
}

async function trainVersion(
  context: CommandContext,
  parameters: Omit<Parameters<typeof trainOnDatanet>[0], 'paths'>,
  wanted: number | undefined,
  output: string | undefined,
): Promise<TrainReturnType> {
  const { paths } = context.workspace()
  const { version } = await openVersion(paths, wanted)
  const target = output ?? paths.adapter(`v${version}`)
  return resumable(context, target, async () => {
    const overwrite = await mayReplace(context, target, parameters.resume ?? false)
    return trainOnDatanet({ ...parameters, paths, version, output: target, overwrite })
  })
}

/** Reports what an interrupted training has kept, and how to resume it. */
async function resumable<Value>(
  { output, signal, cwd, onExit }: CommandContext,
  folder: string,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    const done = work()
    // What is kept of an interrupted training is written to its end, also on a slow disk.
    onExit(() => done.catch(() => undefined))
    return await done
  } catch (cause) {
    const { reason } = signal
    const isUnwritten = OpenLedgerError.is(cause) && cause.code === 'OL1901'
    const step = signal.aborted || isUnwritten ? await unfinishedStep(folder) : undefined
    if (step === undefined) throw cause
    const kept = relative(cwd, unfinishedFolder(folder))
    if (reason instanceof Interruption) throw new OpenLedgerError('OL1428', { signal: reason.signal, step, path: kept })
    output.note(`${step} steps are saved in ${kept}; the same command with --resume continues from there.`)
    throw cause
  }
}

async function mayReplace({ confirm, cwd, flags }: CommandContext, folder: string, resume: boolean): Promise<boolean> {
  const isUnfinished = (await unfinishedStep(folder)) !== undefined
  // Resumed, a finished adapter is left as it is; and hours of training are not given up by a yes to another question.
  if (resume !== isUnfinished) return flags.yes
  const entries = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw new OpenLedgerError('OL1901', { path: folder, reason: reasonOf(cause) }, { cause })
  })
  if (entries.length === 0) return flags.yes
  await confirm(`Replace the adapter in ${relative(cwd, folder) || '.'}?`)
  return true
}

const parseTargets = (text: string): string | string[] =>
  text === 'all-linear' || /[*+?^$()|[\]\\{}]/.test(text) ? text : parseNames(text)

const parseNames = (text: string): string[] => text.split(',').map((name) => name.trim())

/** A JSON object of numbers; what the numbers may be is checked with the settings. */
function parsePattern(setting: string, text: string): Record<string, number> {
  try {
    return z.record(z.string(), z.number()).parse(JSON.parse(text))
  } catch (cause) {
    const reason = 'it is no JSON object of numbers, such as {"q_proj": 16}'
    throw new OpenLedgerError('OL1400', { setting, value: JSON.stringify(text), reason }, { cause })
  }
}

/** `0-3,7` as numbers; what is none is refused with the settings. */
const parseLayers = (text: string): number[] =>
  text.split(',').flatMap((part) => {
    const [, first = '', last = first] = /^\s*(\d{1,4})\s*(?:-\s*(\d{1,4})\s*)?$/.exec(part) ?? []
    if (first === '' || Number(last) < Number(first))
      throw new OpenLedgerError('OL1400', {
        setting: 'layers',
        value: JSON.stringify(part),
        reason: 'it is neither a number nor two with a hyphen, such as 0-3',
      })
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i)
  })

const describeTrainingLoss = (mean: MeanTrainingLoss): string =>
  `training loss ${mean.first.loss.toFixed(4)} → ${mean.last.loss.toFixed(4)} (${describeStretches(mean)}; no records were held out)`

/** The JSON document of a finished training. */
export const trainingData = ({ output, manifest, plan, result }: TrainReturnType) => ({
  adapter: output,
  manifest,
  steps: result.history.length,
  tokens: result.tokens,
  /** Of the single batch of each step. */
  batchLosses: result.history.map(({ loss }) => loss),
  meanTrainLoss: meanTrainingLoss(result.history),
  evalLoss: manifest.evalLoss,
  tokensPerSecond: Math.round(result.tokens / result.seconds),
  peakMemoryBytes: peakMemory(),
  plan,
})
