/** Base models, adapters and generation: `import { generateText } from 'openledger/models'`. */

export { openAdapter } from '../models/adapter/adapter.js'
export type { Mutation } from '../models/adapter/adapterConfig.js'
export type {
  Adapter,
  AdapterLayout,
  AdapterOptions,
  AdapterParameter,
  AdapterSide,
  ModulePattern,
} from '../models/adapter/adapterLayout.js'
export type { OnOtherBase } from '../models/adapter/adapterOrigin.js'
export {
  type MergeAdapterParameters,
  type MergeAdapterReturnType,
  mergeAdapter,
} from '../models/adapter/mergeAdapter.js'
export type { AdapterChoice } from '../models/adapter/openAdapterOf.js'
export type { TrainedBias } from '../models/adapter/trainedBiases.js'
export type { Architecture } from '../models/architectures/Architecture.js'
export type { Network } from '../models/architectures/Network.js'
export { type BaseModel, openBaseModel } from '../models/base/BaseModel.js'
export { bundledBase } from '../models/base/bundledBase.js'
export type { ChatTokenizer } from '../models/chat/ChatTokenizer.js'
export { type Example, encodePrompt, encodeRecord } from '../models/data/example.js'
export type { LossOn } from '../models/data/segments.js'
export type { DownloadProgress, HubOptions } from '../models/hub/hub.js'
export { type ResolvedBase, resolveBase } from '../models/hub/resolveBase.js'
export type { Attention, ForwardContext } from '../models/layers/ForwardContext.js'
export type { Embed, EmbeddingModule, Layers, Linear, LinearModule, Weights } from '../models/layers/Linear.js'
export type { ModelConfig } from '../models/layers/ModelConfig.js'
export type { Rope, RopeScaling } from '../models/layers/ropeConfig.js'
export { type EvaluateOptions, type Evaluation, Evaluator } from '../models/run/evaluate.js'
export {
  type EvaluatedFile,
  type EvaluateFilesParameters,
  type EvaluateFilesReturnType,
  evaluateFiles,
  type Losses,
} from '../models/run/evaluateFiles.js'
export { type ExportModelParameters, type ExportModelReturnType, exportModel } from '../models/run/exportModel.js'
export { type GenerateOptions, type Generation, Generator } from '../models/run/generate.js'
export { type GenerateTextParameters, generateText } from '../models/run/generateText.js'
export {
  type InspectedAdapter,
  type InspectedBase,
  type InspectedTensors,
  inspectModel,
} from '../models/run/inspectModel.js'
export type { SamplingOptions } from '../models/run/sampling.js'
export {
  type Answer,
  type AnswerOptions,
  type OpenTextGeneratorParameters,
  TextGenerator,
} from '../models/run/TextGenerator.js'
export type { WeightType } from '../models/weights/narrow.js'
export type { Compute, Quantization } from '../models/weights/precision.js'
export type { ProductSize, ProgramCost } from '../onnx/passes/programCost.js'
export type { FieldMap } from '../records/FieldMap.js'
export type { Alpaca, Message, RecordContent, Tool } from '../records/RecordContent.js'
export type { Row } from '../records/Row.js'
export type { RecordFormat } from '../records/recordShapes.js'
export { readTrainingRecords, type TrainingRecord, type TrainingRecords } from '../records/trainingRecord.js'
export * from './errors.js'
export type * from './onnx.js'
