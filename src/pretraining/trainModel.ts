import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { AdamW, clipGradient } from '../lora/optimizers/AdamW.js'
import { Random } from '../models/random.js'
import type { ProgramOptions } from '../onnx/runtime/Program.js'
import { initialWeights } from './initialWeights.js'
import { LanguageModelPrograms } from './LanguageModelPrograms.js'
import type { ModelLayout, UntrainedNetwork } from './ModelLayout.js'
import { Muon } from './Muon.js'
import type { CurvePoint, PretrainingState } from './PretrainingState.js'
import { type Phase, phaseOf, TrainingWindows } from './windows.js'

export interface PretrainingSettings {
  readonly phases: readonly Phase[]
  /** Steps over which the learning rates rise from zero. */
  readonly warmup: number
  /** Peak learning rate of the linear layers, which Muon trains. */
  readonly matrixLearningRate: number
  readonly matrixWeightDecay: number
  readonly momentum: number
  /** Peak learning rate of all other parameters, which AdamW trains; the gains of norms have no weight decay. */
  readonly learningRate: number
  readonly weightDecay: number
  readonly beta1: number
  readonly beta2: number
  /** Maximum norm of the gradient of the parameters that AdamW trains. */
  readonly maxGradNorm: number
  /** Tokens per held-out sequence. */
  readonly evaluationLength: number
  readonly evaluateEvery: number
  readonly saveEvery: number
  readonly seed: number
}

export interface PretrainingStep {
  /** 1-based. */
  readonly step: number
  readonly steps: number
  /** Mean over the step's tokens, in nats. */
  readonly loss: number
  readonly matrixLearningRate: number
  readonly tokens: number
  /** Seconds of this step. */
  readonly seconds: number
}

export interface TrainModelOptions extends ProgramOptions {
  readonly settings: PretrainingSettings
  readonly train: Uint16Array
  readonly held: Uint16Array
  /** State to resume from. */
  readonly state?: PretrainingState | undefined
  readonly save: (state: PretrainingState) => Promise<void>
  readonly onStep?: ((step: PretrainingStep) => void) | undefined
  readonly onEvaluation?: ((point: CurvePoint) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export const stepCount = ({ phases }: PretrainingSettings): number => phases.reduce((sum, { steps }) => sum + steps, 0)

/**
 * Trains all parameters of a model from a random initialization: linear layers with Muon, everything else with AdamW. The
 * same streams, settings and machine give the same values, whether or not the run was interrupted and resumed. It saves the
 * state as often as the settings say, and when the signal aborts it.
 *
 * @throws OL1461 when the loss is no longer finite
 */
export async function trainModel(
  network: UntrainedNetwork,
  layout: ModelLayout,
  { settings, train, held, state, save, onStep, onEvaluation, signal, ...options }: TrainModelOptions,
): Promise<PretrainingState> {
  const { matrixSize } = layout
  const values = state?.values ?? initialWeights(layout, new Random(settings.seed))
  const momentum = state?.momentum ?? new Float32Array(matrixSize)
  const first = state?.first ?? new Float32Array(layout.size - matrixSize)
  const second = state?.second ?? new Float32Array(first.length)
  const curve = [...(state?.curve ?? [])]
  let step = state?.step ?? 0

  const matrix = { weightDecay: settings.matrixWeightDecay, beta: settings.momentum }
  const muon = await Muon.create(layout, { ...options, ...matrix }, momentum)
  // Weight decay differs between vectors and matrices, so each parameter has an optimizer over its part of the state.
  const optimizers = layout.parameters
    .filter(({ offset }) => offset >= matrixSize)
    .map(({ shape, offset, size }) => {
      const part = (array: Float32Array): Float32Array =>
        array.subarray(offset - matrixSize, offset - matrixSize + size)
      const weightDecay = shape.length > 1 ? settings.weightDecay : 0
      const adam = { beta1: settings.beta1, beta2: settings.beta2, weightDecay }
      const tensors = { exp_avg: part(first), exp_avg_sq: part(second) }
      return { offset, size, adam: new AdamW(size, adam, { steps: step, tensors }) }
    })
  const programs = new LanguageModelPrograms(network, layout, options)
  const windows = new TrainingWindows(train, settings.phases, settings.seed)
  const gradient = new Float32Array(layout.size)
  const steps = stepCount(settings)
  let saved = step
  const keep = async (): Promise<void> => {
    await save({ step, values, momentum, first, second, curve })
    saved = step
  }
  try {
    while (step < steps) {
      if (signal?.aborted && step > saved) await keep()
      signal?.throwIfAborted()
      const started = performance.now()
      const batch = windows.at(step)
      const loss = await programs.differentiate(batch, values, gradient)
      const factor = rateFactor(settings, step)
      step++
      if (!Number.isFinite(loss)) throw new OpenLedgerError('OL1461', { step, loss })
      const matrixLearningRate = settings.matrixLearningRate * factor
      await muon.step(values, gradient, matrixLearningRate)
      clipGradient(gradient.subarray(matrixSize), settings.maxGradNorm)
      for (const { offset, size, adam } of optimizers) {
        const part = (array: Float32Array): Float32Array => array.subarray(offset, offset + size)
        adam.step(part(values), part(gradient), settings.learningRate * factor)
      }
      const seconds = (performance.now() - started) / 1000
      onStep?.({ step, steps, loss, matrixLearningRate, tokens: batch.ids.length - batch.batch, seconds })
      if (step % settings.evaluateEvery === 0 || step === steps) {
        const point = [step, loss, await heldOutLoss(programs, held, values, settings.evaluationLength)] as const
        curve.push(point)
        onEvaluation?.(point)
      }
      if (step % settings.saveEvery === 0 || step === steps) await keep()
    }
    return { step, values, momentum, first, second, curve }
  } finally {
    await Promise.all([programs.dispose(), muon.dispose()])
  }
}

/** The factor of the peak learning rates at a step (0-based). */
export function rateFactor({ phases, warmup }: PretrainingSettings, step: number): number {
  const { phase, before } = phaseOf(phases, step)
  const line = phase.from + ((phase.to - phase.from) * (step - before)) / phase.steps
  return Math.min(1, (step + 1) / warmup) * line
}

const evaluationBatch = 16

/**
 * The mean loss of a stream, in nats per token. The stream is cut into sequences of `length` + 1 tokens; the first token of
 * each is not predicted, and an incomplete last sequence is ignored.
 */
async function heldOutLoss(
  programs: LanguageModelPrograms,
  stream: Uint16Array,
  values: Float32Array,
  length: number,
): Promise<number> {
  const count = Math.floor(stream.length / (length + 1))
  let total = 0
  for (let start = 0; start < count; start += evaluationBatch) {
    const batch = Math.min(evaluationBatch, count - start)
    const ids = Int32Array.from(stream.subarray(start * (length + 1), (start + batch) * (length + 1)))
    total += batch * (await programs.loss({ ids, batch }, values))
  }
  return total / count
}
