import { resolve } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import {
  type AdapterLayout,
  adaptableNames,
  adapterLayout,
  unmatchedPatterns,
  unmatchedTargets,
} from '../../models/adapter/adapterLayout.js'
import type { OnOtherBase } from '../../models/adapter/adapterOrigin.js'
import { type BaseModel, openBaseModel } from '../../models/base/BaseModel.js'
import type { Example } from '../../models/data/example.js'
import { packExamples, packedLength } from '../../models/data/packing.js'
import type { ResolvedBase } from '../../models/hub/resolveBase.js'
import type { Device } from '../../onnx/graph/RunDevice.js'
import { resolveDevice } from '../../onnx/runtime/devices.js'
import {
  checkConflicts,
  parseTrainingSettings,
  type TrainingSettings,
  type TrainingSettingsInput,
} from '../settings/settings.js'
import { openFirstAdapter } from './firstAdapter.js'
import { dataOrigin } from './manifest.js'
import type { TrainingOrigin } from './TrainingOrigin.js'
import { planTraining, type TrainingPlan } from './TrainingPlan.js'
import { type EncodedRecord, readEvaluationData, readTrainingData } from './trainingData.js'

export interface TrainingInput {
  /** Folder of the base model, or a model of the Hugging Face Hub: `owner/name@revision`. */
  readonly base: string | ResolvedBase
  /** File of records, or several in their order: JSON Lines, JSON, CSV, TSV or Parquet, each also as .gz. */
  readonly data: string | readonly string[]
  /** Records to evaluate on, never trained on. */
  readonly evalData?: string
  /** Folder of an adapter to train further, instead of a new one. */
  readonly initAdapter?: string
  /** Told where that adapter was trained on another base model, which is an error otherwise. */
  readonly onOtherBase?: OnOtherBase
  readonly settings?: TrainingSettingsInput
  readonly device?: Device
  /** Stops the reading of data when it is aborted. */
  readonly signal?: AbortSignal
}

export interface PreparedTraining {
  readonly base: BaseModel
  /** Records that are trained on. */
  readonly records: readonly EncodedRecord[]
  /** What batches are made of: the records' examples, or rows of several where they are packed. */
  readonly examples: readonly Example[]
  readonly held: readonly Example[]
  readonly settings: TrainingSettings
  /** The parameters that the adapter has by these settings. */
  readonly layout: AdapterLayout
  /** Parameters of the adapter that training begins with. */
  readonly initial: Float32Array | undefined
  readonly plan: TrainingPlan
  readonly origin: TrainingOrigin
}

/**
 * Opens the base model and reads the data; nothing is computed or written.
 *
 * @throws OL1302 and others of a bad base model, OL1311 of a bad record, OL1400 of a bad setting, OL1310 of target modules
 * that the model does not have, OL1426 and OL1427 of an adapter that cannot be trained further
 */
export async function prepareTraining({
  evalData,
  initAdapter,
  onOtherBase,
  signal,
  ...input
}: TrainingInput): Promise<PreparedTraining> {
  const given = parseTrainingSettings(input.settings ?? {})
  const device = await resolveDevice(input.device ?? 'cpu')
  const base = await openBaseModel(input.base, given)
  const first =
    initAdapter === undefined ? undefined : await openFirstAdapter(initAdapter, base, input.settings ?? {}, onOtherBase)
  // Held-out records that come from a file of their own are not cut from the data.
  const settings = { ...given, ...first?.settings, ...(evalData !== undefined && { evalSplit: 0 }) }
  // The adapter that training begins with brings some.
  checkConflicts(settings)
  const [unmatched] = first ? [] : unmatchedTargets(base, settings)
  if (unmatched !== undefined)
    throw new OpenLedgerError('OL1310', { targets: unmatched, available: adaptableNames(base).join(', ') })
  const layout = adapterLayout(base, settings)
  if (!first) checkPatterns(layout, settings)
  checkEmbeddings(base, layout, settings)
  const records = await readTrainingData(base, [input.data].flat(), settings, signal)
  const heldOut = evalData && {
    path: resolve(evalData),
    ...(await readEvaluationData(base, evalData, settings, signal)),
  }
  const held = (heldOut ? heldOut.records : records.held).map(({ example }) => example)
  const examples = records.train.map(({ example }) => example)
  const limit = base.config.maximumLength
  const rowLength = settings.packing ? packedLength(examples, settings.maxLength, limit) : undefined
  const rows = rowLength === undefined ? examples : packExamples(examples, rowLength)
  return {
    base,
    records: records.train,
    examples: rows,
    held,
    settings,
    layout,
    initial: first?.values,
    plan: planTraining({
      device,
      report: records.report,
      examples,
      rows,
      heldOut: held.length,
      settings,
      rowLength,
    }),
    origin: {
      base: { path: base.path, hash: base.hash, ...base.source },
      // Of the bytes that were read: the files may change while hours of training pass.
      data: dataOrigin(records.report.files.map((file) => ({ ...file, path: resolve(file.path) }))),
      ...(first && { initAdapter: { path: first.path, sha256: first.sha256 } }),
      ...(heldOut && { evalData: { path: heldOut.path, sha256: heldOut.sha256 } }),
      settings,
    },
  }
}

/** @throws OL1400 of a pattern whose expressions do not each match an adapted layer: it would change nothing */
function checkPatterns(layout: AdapterLayout, settings: TrainingSettings): void {
  for (const [setting, pattern] of Object.entries({
    'rank-pattern': settings.rankPattern,
    'alpha-pattern': settings.alphaPattern,
  })) {
    const [unmatched] = unmatchedPatterns(layout, pattern)
    if (unmatched === undefined) continue
    const reason = `${unmatched} matches no adapted layer`
    throw new OpenLedgerError('OL1400', { setting, value: JSON.stringify(pattern), reason })
  }
}

/**
 * What adapters of token embeddings and whole tensors do not do.
 *
 * @throws OL1400 of settings that change how it would be trained
 */
function checkEmbeddings(base: BaseModel, { parameters }: AdapterLayout, settings: TrainingSettings): void {
  const refuse = (setting: string, value: unknown, reason: string): never => {
    throw new OpenLedgerError('OL1400', { setting, value: JSON.stringify(value), reason })
  }
  const whole = parameters.find(({ side, shape }) => side === 'whole' && shape.length > 1)
  if (whole && settings.compute === 'int8')
    refuse('compute', 'int8', `${whole.name} is trained whole, which takes float32`)
  if (whole && settings.quantize !== undefined && whole.module !== base.architecture.head(base.config).name)
    if (base.architecture.modules(base.config).some(({ name }) => name === whole.module))
      refuse('quantize', settings.quantize, `${whole.name} is trained whole, which takes float32`)
  if (whole && settings.loraplusLrRatio !== undefined)
    refuse(
      'loraplus-lr-ratio',
      settings.loraplusLrRatio,
      `${whole.name} is trained whole, and PEFT has other rates for it`,
    )
  const adapted = parameters.find(({ side }) => side === 'lora_embedding_A')
  if (adapted === undefined) return
  if (settings.useDora) refuse('use-dora', true, `the target ${adapted.module} is no linear layer`)
  if (settings.loraplusLrRatio !== undefined)
    refuse('loraplus-lr-ratio', settings.loraplusLrRatio, `PEFT has a rate of its own for the target ${adapted.module}`)
}
