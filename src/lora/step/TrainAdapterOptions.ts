import type { Adapter, AdapterLayout } from '../../models/adapter/adapterLayout.js'
import type { Evaluation } from '../../models/run/evaluate.js'
import type { ProgramOptions } from '../../onnx/runtime/Program.js'
import type { Placement } from '../../onnx/runtime/placement.js'
import type { OptimizerState } from '../optimizers/Optimizer.js'
import type { TrainingSettings } from '../settings/settings.js'
import type { OrderPosition } from './BatchOrder.js'
import type { Metrics, StepMetrics } from './MetricsLog.js'

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
  /** The adapter's parameters by the settings, where the caller has computed the layout already. */
  readonly layout?: AdapterLayout
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
