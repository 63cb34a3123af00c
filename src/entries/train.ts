/** Training adapters and small base models: `import { train } from 'openledger/train'`. */

export type { OptimizerState } from '../lora/optimizers/Optimizer.js'
export { type DryRun, dryRun, type Sample, type SampleToken } from '../lora/plan/dryRun.js'
export type { TrainingEstimate } from '../lora/plan/estimate.js'
export type { TrainingManifest } from '../lora/plan/manifest.js'
export type { TrainingInput } from '../lora/plan/prepareTraining.js'
export type { TrainingPlan } from '../lora/plan/TrainingPlan.js'
export type { DataReport } from '../lora/plan/trainingData.js'
export { type TrainParameters, type TrainReturnType, train } from '../lora/run/train.js'
export type { TrainingSettings, TrainingSettingsInput } from '../lora/settings/settings.js'
export type { OrderPosition } from '../lora/step/BatchOrder.js'
export type { EvaluationMetrics, Metrics, StepMetrics } from '../lora/step/MetricsLog.js'
export type {
  Resumption,
  TrainAdapterOptions,
  TrainingEvaluation,
  TrainingResult,
  TrainingState,
  TrainingStep,
} from '../lora/step/TrainAdapterOptions.js'
export { trainAdapter } from '../lora/step/trainAdapter.js'
export type { CurvePoint } from '../pretraining/PretrainingState.js'
export {
  type PretrainingPlan,
  type PretrainParameters,
  type PretrainReturnType,
  pretrain,
} from '../pretraining/pretrain.js'
export type { SpecialTokens, TokenizerOptions } from '../pretraining/tokenizerFiles.js'
export type { PretrainingSettings, PretrainingStep } from '../pretraining/trainModel.js'
export type { Phase } from '../pretraining/windows.js'
export * from './errors.js'
export type * from './models.js'
