import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { type Adapter, adapterLayout } from '../models/adapter.js'
import type { Network } from '../models/BaseModel.js'
import { labelCount, shapeFor } from '../models/batch.js'
import { type Evaluation, Evaluator } from '../models/evaluate.js'
import type { Example } from '../models/example.js'
import { Random } from '../models/random.js'
import type { ProgramOptions } from '../onnx/Program.js'
import type { Placement } from '../onnx/placement.js'
import { AdamW, clipGradient } from './AdamW.js'
import { GradientPrograms } from './GradientPrograms.js'
import { initialValues } from './initialValues.js'
import type { StepMetrics } from './MetricsLog.js'
import { learningRateAt } from './schedule.js'
import type { TrainingSettings } from './settings.js'

export interface TrainingStep extends StepMetrics {
  /** Of the whole run. */
  readonly steps: number
}

/** The held-out records under the adapter as it is after a step; step 0 is the untrained one. */
export interface TrainingEvaluation {
  readonly step: number
  readonly epoch: number
  readonly seconds: number
  readonly evaluation: Evaluation
}

export interface TrainingResult {
  readonly adapter: Adapter
  readonly history: readonly TrainingStep[]
  readonly evaluation: { readonly before: Evaluation; readonly after: Evaluation } | undefined
  readonly tokens: number
  /** Of the training steps alone. */
  readonly seconds: number
  /** Where the operators of the training programs ran; undefined on the CPU. */
  readonly placement: Placement | undefined
}

export interface TrainAdapterOptions extends ProgramOptions {
  readonly settings: TrainingSettings
  readonly onStep?: (step: TrainingStep) => void
  readonly onEvaluation?: (evaluation: TrainingEvaluation) => void
  /** Told after the first step, on every device but the CPU. */
  readonly onPlacement?: (placement: Placement) => void
  readonly signal?: AbortSignal
}

/**
 * Fine-tunes a LoRA adapter on examples (Hu et al. 2021, https://arxiv.org/abs/2106.09685). The same examples, settings
 * and machine give the same bytes.
 *
 * @param held examples to evaluate before and after; none if empty
 * @throws OL1310 when no layer matches the target modules
 * @throws OL1402 when the loss or the adapter is no longer finite, OL1408 when the base model's is not to begin with
 */
export async function trainAdapter(
  base: Network,
  examples: readonly Example[],
  held: readonly Example[],
  { settings, onStep, onEvaluation, onPlacement, signal, ...options }: TrainAdapterOptions,
): Promise<TrainingResult> {
  const random = new Random(settings.seed)
  const layout = adapterLayout(base, settings)
  const values = initialValues(layout, random)
  const evaluator = new Evaluator(base, layout, options)
  const programs = new GradientPrograms(base, layout, options)
  const evaluate = async (after: Omit<TrainingEvaluation, 'evaluation'>): Promise<Evaluation | undefined> => {
    if (held.length === 0) return undefined
    const evaluation = await evaluator.evaluate(held, values)
    onEvaluation?.({ ...after, evaluation })
    return evaluation
  }
  try {
    const before = await evaluate({ step: 0, epoch: 0, seconds: 0 })
    const optimizer = new AdamW(layout.size, { weightDecay: settings.weightDecay })
    const gradient = new Float32Array(layout.size)
    const history: TrainingStep[] = []
    const steps = stepCount(examples.length, settings)
    const warmup = settings.warmup < 1 ? Math.ceil(settings.warmup * steps) : settings.warmup
    const started = performance.now()
    let tokens = 0
    for (const { batch, epoch } of batches(examples, settings, steps, random)) {
      signal?.throwIfAborted()
      const labelled = batch.reduce((sum, example) => sum + labelCount(example), 0)
      gradient.fill(0)
      let loss = 0
      for (let start = 0; start < batch.length; start += settings.batchSize) {
        const micro = batch.slice(start, start + settings.batchSize)
        const shape = shapeFor(micro, Math.min(settings.batchSize, examples.length), base.config.maximumLength)
        loss += await programs.accumulate(micro, shape, values, 1 / labelled, gradient)
      }
      const step = history.length + 1
      // An untrained adapter changes nothing, so the first loss is the base model's own.
      if (step === 1 && !Number.isFinite(loss)) throw new OpenLedgerError('OL1408', { loss })
      const gradientNorm = clipGradient(gradient, settings.maxGradNorm)
      if (!Number.isFinite(loss + gradientNorm)) throw new OpenLedgerError('OL1402', { step, loss, norm: gradientNorm })
      // The rate of the first step is not 0: the schedule is read at the end of the step, as trainers report it.
      const learningRate = learningRateAt(warmup > 0 ? step : step - 1, {
        scheduler: settings.lrScheduler,
        peak: settings.learningRate,
        warmup,
        steps: warmup > 0 ? steps + 1 : steps,
      })
      optimizer.step(values, gradient, learningRate)
      const read = batch.reduce((sum, { ids }) => sum + ids.length, 0)
      tokens += read
      const seconds = (performance.now() - started) / 1000
      const tokensPerSecond = read / (seconds - (history.at(-1)?.seconds ?? 0))
      const memoryBytes = process.memoryUsage.rss()
      const report = {
        step,
        steps,
        epoch,
        loss,
        learningRate,
        gradientNorm,
        tokens,
        tokensPerSecond,
        seconds,
        memoryBytes,
      }
      history.push(report)
      onStep?.(report)
      if (step === 1 && programs.placement) onPlacement?.(programs.placement)
    }
    const seconds = (performance.now() - started) / 1000
    const { loss, gradientNorm: norm, epoch } = history.at(-1) as TrainingStep
    const after = await evaluate({ step: steps, epoch, seconds })
    // What the last step did shows in no training loss.
    if (!values.every(Number.isFinite) || !Number.isFinite(after?.loss ?? 0))
      throw new OpenLedgerError('OL1402', { step: steps, loss: after?.loss ?? loss, norm })
    const evaluation = before && after ? { before, after } : undefined
    return { adapter: { layout, values }, history, evaluation, tokens, seconds, placement: programs.placement }
  } finally {
    await Promise.all([evaluator.dispose(), programs.dispose()])
  }
}

/** Optimiser steps of a whole run. */
export function stepCount(examples: number, settings: TrainingSettings): number {
  const perEpoch = Math.ceil(examples / (settings.batchSize * settings.gradientAccumulation))
  return settings.maxSteps ?? Math.max(1, Math.round(perEpoch * settings.epochs))
}

/** Effective batches, epoch after epoch, each epoch in an order of its own. */
function* batches(
  examples: readonly Example[],
  { batchSize, gradientAccumulation, shuffle }: TrainingSettings,
  steps: number,
  random: Random,
): Generator<{ batch: readonly Example[]; epoch: number }> {
  const size = batchSize * gradientAccumulation
  let done = 0
  for (let epoch = 1; done < steps; epoch++) {
    const order = shuffle ? random.shuffle([...examples]) : examples
    for (let start = 0; start < order.length && done < steps; start += size, done++)
      yield { batch: order.slice(start, start + size), epoch }
  }
}
