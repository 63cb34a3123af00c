import { relative, resolve } from 'node:path'
import { env } from 'onnxruntime-node'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { type BaseModel, openBaseModel } from '../models/BaseModel.js'
import { labelCount } from '../models/batch.js'
import { type Example, encodeRecord } from '../models/example.js'
import { readTrainingRecords } from '../models/trainingRecord.js'
import type { Device } from '../onnx/Program.js'
import { version } from '../version.js'
import { sha256File, type TrainingManifest } from './manifest.js'
import { Random } from './random.js'
import { parseTrainingSettings, type TrainingSettings, type TrainingSettingsInput } from './settings.js'
import { type TrainingResult, type TrainingStep, trainAdapter } from './trainAdapter.js'
import { checkOutput, writeAdapter } from './writeAdapter.js'

export interface TrainParameters {
  /** Folder of the base model. */
  readonly base: string
  /** JSON Lines file of records. */
  readonly data: string
  /** Records to evaluate on, never trained on. */
  readonly evalData?: string
  /** Folder to write the adapter to. */
  readonly output: string
  readonly overwrite?: boolean
  readonly settings?: TrainingSettingsInput
  readonly device?: Device
  readonly datanet?: TrainingManifest['datanet']
  readonly signal?: AbortSignal
  readonly onPlan?: (plan: TrainingPlan) => void
  readonly onStep?: (step: TrainingStep) => void
}

/** What is about to happen, known before the first step. */
export interface TrainingPlan {
  readonly records: number
  readonly heldOut: number
  readonly tokens: number
  readonly labelledTokens: number
  /** Tokens cut off at the maximum length, and records left out because nothing to learn was within it. */
  readonly truncatedTokens: number
  readonly droppedRecords: number
}

export interface TrainReturnType {
  readonly output: string
  readonly manifest: TrainingManifest
  readonly plan: TrainingPlan
  readonly result: TrainingResult
}

/**
 * Fine-tunes an adapter on a file of records and writes it as a PEFT folder.
 *
 * @throws OL1302 and others of a bad base model, OL1311 of a bad record, OL1400 of a bad setting, OL1902 when `output`
 * is not empty
 * @example
 * const { manifest } = await train({ base: 'base-model', data: 'records.jsonl', output: 'adapters/first' })
 */
export async function train(parameters: TrainParameters): Promise<TrainReturnType> {
  const { output, overwrite = false, data, evalData, device = 'cpu', datanet, signal, onStep } = parameters
  const settings = parseTrainingSettings(parameters.settings ?? {})
  await checkOutput(output, overwrite)
  const base = await openBaseModel(parameters.base)
  const prepared = await prepare(base, data, evalData, settings)
  parameters.onPlan?.(prepared.plan)
  const result = await trainAdapter(base, prepared.train, prepared.held, {
    settings,
    device,
    ...(onStep && { onStep }),
    ...(signal && { signal }),
  })
  const manifest = await writeAdapter(output, {
    adapter: result.adapter,
    history: result.history,
    overwrite,
    manifest: {
      manifestVersion: 1,
      engine: { name: 'openledger', version, onnxRuntime: String(env.versions.node), device },
      base: { path: base.path, hash: base.hash },
      data: {
        // Relative to the adapter, so that a workspace can be moved as a whole.
        path: relative(resolve(output), resolve(data)),
        sha256: await sha256File(data),
        records: prepared.plan.records + prepared.plan.droppedRecords,
        trained: prepared.train.length,
        heldOut: prepared.held.length,
      },
      ...(datanet && { datanet }),
      settings,
      steps: result.history.length,
      tokens: result.tokens,
      evalLoss: result.evaluation
        ? { before: result.evaluation.before.loss, after: result.evaluation.after.loss }
        : null,
    },
  })
  return { output: resolve(output), manifest, plan: prepared.plan, result }
}

interface Prepared {
  readonly train: readonly Example[]
  readonly held: readonly Example[]
  readonly plan: TrainingPlan
}

async function prepare(
  base: BaseModel,
  data: string,
  evalData: string | undefined,
  settings: TrainingSettings,
): Promise<Prepared> {
  const maximumLength = Math.min(settings.maxLength ?? base.config.maximumLength, base.config.maximumLength)
  const read = async (path: string): Promise<Example[]> =>
    (await readTrainingRecords(path)).map(({ content }) =>
      encodeRecord(base, content, { maximumLength, lossOn: settings.lossOn }),
    )
  const all = await read(data)
  const usable = all.filter((example) => labelCount(example) > 0)
  if (usable.length === 0)
    throw new OpenLedgerError('OL1401', { path: data, records: all.length, limit: maximumLength })
  const { train, held } = evalData
    ? { train: usable, held: (await read(evalData)).filter((example) => labelCount(example) > 0) }
    : split(usable, settings)
  const sum = (count: (example: Example) => number): number =>
    train.reduce((total, example) => total + count(example), 0)
  return {
    train,
    held,
    plan: {
      records: usable.length,
      heldOut: held.length,
      tokens: sum(({ ids }) => ids.length),
      labelledTokens: sum(labelCount),
      truncatedTokens: all.reduce((total, { truncated }) => total + truncated, 0),
      droppedRecords: all.length - usable.length,
    },
  }
}

/** Holds a share of the records back, chosen by the seed. At least one record stays on each side. */
function split(examples: readonly Example[], { evalSplit, seed }: TrainingSettings): Pick<Prepared, 'train' | 'held'> {
  if (evalSplit === 0 || examples.length < 2) return { train: examples, held: [] }
  const count = Math.min(examples.length - 1, Math.max(1, Math.round(examples.length * evalSplit)))
  const shuffled = new Random(seed ^ 0x5eed).shuffle([...examples.keys()])
  const chosen = new Set(shuffled.slice(0, count))
  return {
    train: examples.filter((_, i) => !chosen.has(i)),
    held: examples.filter((_, i) => chosen.has(i)),
  }
}
