import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Adapter } from '../../models/adapter/adapterLayout.js'
import { adapterLayout } from '../../models/adapter/adapterLayout.js'
import type { Network } from '../../models/architectures/Network.js'
import { labelCount } from '../../models/data/batch.js'
import type { Example } from '../../models/data/example.js'
import { Random } from '../../models/random.js'
import { type Evaluation, Evaluator } from '../../models/run/evaluate.js'
import type { ProgramOptions } from '../../onnx/runtime/Program.js'
import type { Placement } from '../../onnx/runtime/placement.js'
import { clipGradient } from '../optimizers/AdamW.js'
import { createOptimizer } from '../optimizers/createOptimizer.js'
import type { OptimizerState } from '../optimizers/Optimizer.js'
import { learningRateAt, stepsOf } from '../settings/schedule.js'
import type { TrainingSettings } from '../settings/settings.js'
import { BatchOrder, type OrderPosition } from './BatchOrder.js'
import { GradientPrograms } from './GradientPrograms.js'
import { initialValues, setFromBase } from './initialValues.js'
import type { Metrics, StepMetrics } from './MetricsLog.js'
import { microBatches } from './microBatches.js'
import { memoryInUse } from './peakMemory.js'
import { trainingShapes } from './trainingShapes.js'

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

/** The state that further steps depend on, in addition to data and settings. */
export interface TrainingState {
  readonly values: Float32Array
  readonly optimizer: OptimizerState
  readonly order: OrderPosition
  /** State of the generator that draws dropout and the noise of the embeddings. */
  readonly dropout: readonly number[]
}

/** The state from which a run resumes. */
export interface Resumption extends TrainingState {
  /** The metrics of the steps before. */
  readonly metrics: readonly Metrics[]
  /** The parameters at the best evaluation, where early stopping may want them back. */
  readonly best: Float32Array | undefined
}

export interface TrainingResult {
  readonly adapter: Adapter
  readonly history: readonly TrainingStep[]
  /** Loss of the held-out records under the untrained adapter and under the one that came out. */
  readonly evalLoss: { readonly before: number; readonly after: number } | undefined
  /** The best evaluation in the course of training; where early stopping was asked for, the adapter is that one. */
  readonly best: { readonly step: number; readonly loss: number } | undefined
  readonly tokens: number
  /** Of the training steps alone. */
  readonly seconds: number
  /** Where the operators of the training programs ran; undefined on the CPU. */
  readonly placement: Placement | undefined
}

export interface TrainAdapterOptions extends ProgramOptions {
  readonly settings: TrainingSettings
  /** Initial parameters; by default they are drawn according to the settings. */
  readonly initial?: Float32Array
  readonly resume?: Resumption
  /**
   * Keeps a checkpoint: every `saveSteps`, or every five minutes where none are set, at the best evaluation so far, and
   * before an abort. The state is that of `step` whole steps, and must be written before the promise is fulfilled.
   */
  readonly keep?: (
    state: TrainingState,
    at: { readonly step: number; readonly best: number | undefined },
  ) => Promise<void>
  readonly onStep?: (step: TrainingStep) => void
  readonly onEvaluation?: (evaluation: TrainingEvaluation) => void
  /** Called after the first step, on every device except the CPU. */
  readonly onPlacement?: (placement: Placement) => void
  readonly signal?: AbortSignal
}

/** Milliseconds between checkpoints where no number of steps was asked for. */
const keepEvery = 5 * 60_000

/**
 * Fine-tunes a LoRA adapter on examples (Hu et al. 2021, https://arxiv.org/abs/2106.09685). The same examples, settings
 * and machine give the same bytes, however often the run was interrupted and resumed.
 *
 * @param held examples to evaluate before and after, and in between where the settings say so; none if empty
 * @throws OL1310 when no layer matches the target modules, OL1424 when the settings evaluate and nothing is held out
 * @throws OL1402 when the loss or the adapter is no longer finite, OL1408 when the base model's is not to begin with
 */
export async function trainAdapter(
  base: Network,
  examples: readonly Example[],
  held: readonly Example[],
  { settings, initial, resume, keep, onStep, onEvaluation, onPlacement, signal, ...options }: TrainAdapterOptions,
): Promise<TrainingResult> {
  const { evalSteps, earlyStopping } = settings
  if (held.length === 0 && (evalSteps ?? earlyStopping) !== undefined)
    throw new OpenLedgerError('OL1424', { setting: evalSteps === undefined ? 'early-stopping' : 'eval-steps' })
  const random = new Random(settings.seed)
  const layout = adapterLayout(base, settings)
  // A resumed training draws them too, because the order of the examples is drawn after them.
  const first = initial?.slice() ?? initialValues(layout, random, settings.initLoraWeights)
  const values = resume?.values ?? first
  if (!resume && !initial) await setFromBase(base, layout, values, options)
  const dropped = resume ? Random.from(resume.dropout) : new Random((settings.seed ^ 0xd2095eed) >>> 0)
  const optimizer = createOptimizer(layout, settings, resume?.optimizer)
  const order = new BatchOrder(
    examples.map(({ ids }) => ids.length),
    settings,
    resume?.order ?? random,
  )
  const steps = stepCount(examples.length, settings)
  const [evalEvery, saveEvery] = [evalSteps, settings.saveSteps].map((given) => given && stepsOf(given, steps))
  const shapeToRun = trainingShapes(base, examples, settings, { random, steps })
  const schedule = {
    scheduler: settings.lrScheduler,
    peak: settings.learningRate,
    warmup: stepsOf(settings.warmup, steps),
    decay: stepsOf(settings.decay, steps),
    steps,
  }
  const gradient = new Float32Array(layout.size)
  const history = (resume?.metrics ?? []).flatMap((line) => ('loss' in line ? [{ ...line, steps }] : []))
  const evaluations = (resume?.metrics ?? []).flatMap((line) =>
    'evalLoss' in line ? [{ step: line.step, loss: line.evalLoss }] : [],
  )
  let bestValues = resume?.best
  const firstStep = history.length + 1
  let kept = { step: history.length, at: performance.now() }

  const evaluator = new Evaluator(base, layout, options)
  const programs = new GradientPrograms(base, layout, {
    ...options,
    random: dropped,
    noise: settings.neftuneNoiseAlpha,
  })
  const whereRandom = (): Pick<TrainingState, 'order' | 'dropout'> => ({
    order: order.position,
    dropout: dropped.state,
  })
  const keepState = async (at = whereRandom()): Promise<void> => {
    const step = history.length
    if (step === kept.step) return
    await keep?.({ values, optimizer: optimizer.state, ...at }, { step, best: bestOf(evaluations)?.step })
    kept = { step, at: performance.now() }
  }
  const stopIfAborted = async (at = whereRandom()): Promise<void> => {
    if (signal?.aborted) await keepState(at)
    signal?.throwIfAborted()
  }
  const isEvaluated = (step: number): boolean =>
    step === 0 ||
    step === steps ||
    (evalEvery === undefined ? earlyStopping !== undefined && order.atEpochEnd : step % evalEvery === 0)
  const isKept = (step: number): boolean =>
    saveEvery === undefined ? performance.now() - kept.at > keepEvery : step % saveEvery === 0

  try {
    for (;;) {
      const done = history.length
      const isNew = evaluations.at(-1)?.step !== done
      if (held.length > 0 && isNew && isEvaluated(done)) {
        // It may take long, and an interrupted run has little time left.
        await stopIfAborted()
        const evaluation = await evaluator.evaluate(held, values)
        evaluations.push({ step: done, loss: evaluation.loss })
        const { epoch, seconds } = history.at(-1) ?? { epoch: 0, seconds: 0 }
        onEvaluation?.({ step: done, epoch, seconds, evaluation })
        if (bestOf(evaluations)?.step === done && done < steps) {
          if (earlyStopping !== undefined) bestValues = values.slice()
          await keepState()
        }
      }
      if (done === steps || isOverdue(evaluations, earlyStopping)) break
      if (isKept(done)) await keepState()

      const started = performance.now()
      const begun = whereRandom()
      const { indices, epoch } = order.next()
      const batch = indices.map((i) => examples[i] as Example)
      const labelled = batch.reduce((sum, example) => sum + labelCount(example), 0)
      gradient.fill(0)
      let loss = 0
      for (const micro of microBatches(batch, settings, examples.length, base.config.maximumLength)) {
        // What this step has done so far is in the gradient alone, and is done again.
        await stopIfAborted(begun)
        loss += await programs.accumulate(micro.examples, shapeToRun(micro.shape), values, 1 / labelled, gradient)
      }
      const step = done + 1
      // An untrained adapter changes nothing, so the first loss is the base model's own.
      if (step === 1 && !Number.isFinite(loss)) throw new OpenLedgerError('OL1408', { loss })
      const gradientNorm = clipGradient(gradient, settings.maxGradNorm)
      if (!Number.isFinite(loss + gradientNorm)) throw new OpenLedgerError('OL1402', { step, loss, norm: gradientNorm })
      const learningRate = learningRateAt(done, schedule)
      optimizer.step(values, gradient, learningRate)
      const read = batch.reduce((sum, { ids }) => sum + ids.length, 0)
      const elapsed = (performance.now() - started) / 1000
      const report = {
        step,
        steps,
        epoch,
        loss,
        learningRate,
        gradientNorm,
        tokens: (history.at(-1)?.tokens ?? 0) + read,
        tokensPerSecond: read / elapsed,
        seconds: (history.at(-1)?.seconds ?? 0) + elapsed,
        memoryBytes: memoryInUse(),
      }
      history.push(report)
      onStep?.(report)
      if (step === firstStep && programs.placement) onPlacement?.(programs.placement)
    }
    const last = history.at(-1) as TrainingStep
    const best = evalSteps === undefined && earlyStopping === undefined ? undefined : bestOf(evaluations)
    const after = earlyStopping === undefined ? evaluations.at(-1) : best
    if (after?.step !== last.step && bestValues !== undefined) values.set(bestValues)
    // No loss is computed after the last step, so the parameters themselves are checked.
    if (!values.every(Number.isFinite) || !Number.isFinite(after?.loss ?? 0))
      throw new OpenLedgerError('OL1402', { step: last.step, loss: after?.loss ?? last.loss, norm: last.gradientNorm })
    return {
      adapter: { layout, values },
      history,
      evalLoss: evaluations[0] && after && { before: evaluations[0].loss, after: after.loss },
      best,
      tokens: last.tokens,
      seconds: last.seconds,
      placement: programs.placement,
    }
  } finally {
    await Promise.all([evaluator.dispose(), programs.dispose()])
  }
}

interface EvaluatedStep {
  readonly step: number
  readonly loss: number
}

/** The evaluation with the lowest loss, the earliest if several are equal; the untrained adapter does not count. */
function bestOf(evaluations: readonly EvaluatedStep[]): EvaluatedStep | undefined {
  const trained = evaluations.filter(({ step }) => step > 0)
  return trained.reduce<EvaluatedStep | undefined>(
    (best, each) => (best && best.loss <= each.loss ? best : each),
    undefined,
  )
}

/** Whether as many evaluations as patience allows have passed since the best one. */
function isOverdue(evaluations: readonly EvaluatedStep[], patience: number | undefined): boolean {
  const best = bestOf(evaluations)
  return (
    patience !== undefined &&
    best !== undefined &&
    evaluations.filter(({ step }) => step > best.step).length >= patience
  )
}

/** Optimizer steps of a whole run. */
export function stepCount(examples: number, settings: TrainingSettings): number {
  const perEpoch = Math.ceil(examples / (settings.batchSize * settings.gradientAccumulation))
  return settings.maxSteps ?? Math.max(1, Math.round(perEpoch * settings.epochs))
}
