import { relative, resolve } from 'node:path'
import { openBaseModel } from '../models/BaseModel.js'
import { labelCount } from '../models/batch.js'
import type { ResolvedBase } from '../models/resolveBase.js'
import { type Device, type RunDevice, resolveDevice } from '../onnx/devices.js'
import { runtimeVersion } from '../onnx/Program.js'
import type { Placement } from '../onnx/placement.js'
import { version } from '../version.js'
import { MetricsLog, metricsName } from './MetricsLog.js'
import { sha256File, type TrainingManifest } from './manifest.js'
import { lockOutput } from './outputLock.js'
import { parseTrainingSettings, type TrainingSettingsInput } from './settings.js'
import {
  stepCount,
  type TrainingEvaluation,
  type TrainingResult,
  type TrainingStep,
  trainAdapter,
} from './trainAdapter.js'
import { readEvaluationData, readTrainingData } from './trainingData.js'
import { checkOutput, writeAdapter } from './writeAdapter.js'

export interface TrainParameters {
  /** Folder of the base model, or a model of the Hugging Face Hub: `owner/name@revision`. */
  readonly base: string | ResolvedBase
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
  readonly onEvaluation?: (evaluation: TrainingEvaluation) => void
  /** Told after the first step, on every device but the CPU. */
  readonly onPlacement?: (placement: Placement, device: RunDevice) => void
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

export interface TrainReturnType {
  readonly output: string
  readonly manifest: TrainingManifest
  readonly plan: TrainingPlan
  readonly result: TrainingResult
}

/**
 * Fine-tunes an adapter on a file of records and writes it as a PEFT folder. While it trains, `<output>.metrics.jsonl`
 * has a line a step (`tail -f` follows it); it is in the folder at the end.
 *
 * @throws OL1302 and others of a bad base model, OL1311 of a bad record, OL1400 of a bad setting, OL1902 when `output`
 * is not empty, OL1405 when another process trains into it, OL1901 when it cannot be written
 * @example
 * const { manifest } = await train({ base: 'base-model', data: 'records.jsonl', output: 'adapters/first' })
 */
export async function train(parameters: TrainParameters): Promise<TrainReturnType> {
  const { output, overwrite = false, data, evalData, datanet, signal, onStep, onEvaluation, onPlacement } = parameters
  const settings = parseTrainingSettings(parameters.settings ?? {})
  await checkOutput(output, overwrite)
  const device = await resolveDevice(parameters.device ?? 'cpu')
  const base = await openBaseModel(parameters.base)
  // Of the bytes that are about to be read: the file may change while hours of training pass.
  const dataHash = await sha256File(data)
  const records = await readTrainingData(base, data, evalData ? { ...settings, evalSplit: 0 } : settings)
  const held = (evalData ? await readEvaluationData(base, evalData, settings) : records.held).map(
    ({ example }) => example,
  )
  const examples = records.train.map(({ example }) => example)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const plan: TrainingPlan = {
    device,
    records: examples.length,
    heldOut: held.length,
    tokens: sum(examples.map(({ ids }) => ids.length)),
    labelledTokens: sum(examples.map(labelCount)),
    steps: stepCount(examples.length, settings),
    truncatedTokens: records.truncatedTokens,
    droppedRecords: records.droppedRecords,
  }
  parameters.onPlan?.(plan)
  const release = await lockOutput(output)
  let metrics: MetricsLog | undefined
  try {
    const log = MetricsLog.open(`${resolve(output)}.${metricsName}`)
    metrics = log
    const result = await trainAdapter(base, examples, held, {
      settings,
      device,
      onStep(report) {
        const { steps: _, ...line } = report
        log.append(line)
        onStep?.(report)
      },
      onEvaluation(report) {
        const { step, epoch, seconds, evaluation } = report
        log.append({ step, epoch, evalLoss: evaluation.loss, seconds, memoryBytes: process.memoryUsage.rss() })
        onEvaluation?.(report)
      },
      ...(onPlacement && { onPlacement: (placement: Placement) => onPlacement(placement, device) }),
      ...(signal && { signal }),
    })
    const manifest = await writeAdapter(output, {
      adapter: result.adapter,
      metrics: log.lines,
      overwrite,
      manifest: {
        manifestVersion: 1,
        engine: {
          name: 'openledger',
          version,
          onnxRuntime: runtimeVersion,
          device,
          ...(result.placement && { placement: result.placement }),
        },
        base: { path: base.path, hash: base.hash, ...base.source },
        data: {
          // Relative to the adapter, so that a workspace can be moved as a whole.
          path: relative(resolve(output), resolve(data)),
          sha256: dataHash,
          trained: examples.length,
          heldOut: held.length,
          dropped: records.droppedRecords,
        },
        ...(datanet && { datanet }),
        // Held-out records that came from a file of their own are not cut from the data.
        settings: evalData ? { ...settings, evalSplit: 0 } : settings,
        steps: result.history.length,
        tokens: result.tokens,
        evalLoss: result.evaluation
          ? { before: result.evaluation.before.loss, after: result.evaluation.after.loss }
          : null,
      },
    })
    return { output: resolve(output), manifest, plan, result }
  } finally {
    await metrics?.remove()
    await release()
  }
}
