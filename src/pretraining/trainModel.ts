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
  /** Steps over which the rates rise from zero. */
  readonly warmup: number
  /** Peak rates and decay of the linear layers, which Muon trains. */
  readonly matrixLearningRate: number
  readonly matrixWeightDecay: number
  readonly momentum: number
  /** Peak rates and decay of the embedding, which AdamW trains; the gains of the norms do not decay. */
  readonly learningRate: number
  readonly weightDecay: number
  readonly beta1: number
  readonly beta2: number
  /** Of the gradient of what AdamW trains. */
  readonly maxGradNorm: number
  /** Tokens of a held-out sequence. */
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
  /** Of this step alone. */
  readonly seconds: number
}

export interface TrainModelOptions extends ProgramOptions {
  readonly settings: PretrainingSettings
  readonly train: Uint16Array
  readonly held: Uint16Array
  /** Goes on from there. */
  readonly state?: PretrainingState | undefined
  readonly save: (state: PretrainingState) => Promise<void>
  readonly onStep?: ((step: PretrainingStep) => void) | undefined
  readonly onEvaluation?: ((point: CurvePoint) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export const stepCount = ({ phases }: PretrainingSettings): number => phases.reduce((sum, { steps }) => sum + steps, 0)

/**
 * Trains all parameters of a model from a random start, the linear layers by Muon and everything else by AdamW. The same
 * streams, settings and machine give the same values, whether or not the run was stopped and continued. The state is saved as
 * often as the settings say, and when the signal stops it.
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
  // Vectors and matrices differ in decay alone, so each has an optimiser of its own over its part of the state.
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

/** The share of the peak rates that a step (0-based) is made with. */
export function rateFactor({ phases, warmup }: PretrainingSettings, step: number): number {
  const { phase, before } = phaseOf(phases, step)
  const line = phase.from + ((phase.to - phase.from) * (step - before)) / phase.steps
  return Math.min(1, (step + 1) / warmup) * line
}

const evaluationBatch = 16

/**
 * Mean loss of a stream, in nats a token: cut into sequences of `length` tokens and the one after; the first token of each
 * is not predicted, and what is left at the end is left out.
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
