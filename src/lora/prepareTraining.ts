import { resolve } from 'node:path'
import { type BaseModel, openBaseModel } from '../models/BaseModel.js'
import { labelCount } from '../models/batch.js'
import type { Example } from '../models/example.js'
import type { ResolvedBase } from '../models/resolveBase.js'
import { type Device, type RunDevice, resolveDevice } from '../onnx/devices.js'
import { sha256File } from './manifest.js'
import { parseTrainingSettings, type TrainingSettings, type TrainingSettingsInput } from './settings.js'
import type { TrainingOrigin } from './TrainingOrigin.js'
import { stepCount } from './trainAdapter.js'
import { readEvaluationData, readTrainingData } from './trainingData.js'

export interface TrainingInput {
  /** Folder of the base model, or a model of the Hugging Face Hub: `owner/name@revision`. */
  readonly base: string | ResolvedBase
  /** JSON Lines file of records. */
  readonly data: string
  /** Records to evaluate on, never trained on. */
  readonly evalData?: string
  readonly settings?: TrainingSettingsInput
  readonly device?: Device
}

/** What is about to happen, known before the first step. */
export interface TrainingPlan {
  /** Where tensors will be computed. */
  readonly device: RunDevice
  readonly records: number
  readonly heldOut: number
  readonly tokens: number
  readonly labelledTokens: number
  readonly steps: number
  /** Tokens cut off at the maximum length, and records left out because nothing to learn was within it. */
  readonly truncatedTokens: number
  readonly droppedRecords: number
}

export interface PreparedTraining {
  readonly base: BaseModel
  readonly examples: readonly Example[]
  readonly held: readonly Example[]
  readonly settings: TrainingSettings
  readonly plan: TrainingPlan
  readonly origin: TrainingOrigin
}

/**
 * Opens the base model and reads the data; nothing is computed or written.
 *
 * @throws OL1302 and others of a bad base model, OL1311 of a bad record, OL1400 of a bad setting
 */
export async function prepareTraining({ evalData, ...input }: TrainingInput): Promise<PreparedTraining> {
  const given = parseTrainingSettings(input.settings ?? {})
  // Held-out records that come from a file of their own are not cut from the data.
  const settings = evalData === undefined ? given : { ...given, evalSplit: 0 }
  const device = await resolveDevice(input.device ?? 'cpu')
  const base = await openBaseModel(input.base, given)
  // Of the bytes that are about to be read: the file may change while hours of training pass.
  const sha256 = await sha256File(input.data)
  const records = await readTrainingData(base, input.data, settings)
  const heldOut = evalData && {
    path: resolve(evalData),
    sha256: await sha256File(evalData),
    records: await readEvaluationData(base, evalData, settings),
  }
  const held = (heldOut ? heldOut.records : records.held).map(({ example }) => example)
  const examples = records.train.map(({ example }) => example)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  return {
    base,
    examples,
    held,
    settings,
    plan: {
      device,
      records: examples.length,
      heldOut: held.length,
      tokens: sum(examples.map(({ ids }) => ids.length)),
      labelledTokens: sum(examples.map(labelCount)),
      steps: stepCount(examples.length, settings),
      truncatedTokens: records.truncatedTokens,
      droppedRecords: records.droppedRecords,
    },
    origin: {
      base: { path: base.path, hash: base.hash, ...base.source },
      data: { path: resolve(input.data), sha256 },
      ...(heldOut && { evalData: { path: heldOut.path, sha256: heldOut.sha256 } }),
      settings,
    },
  }
}
