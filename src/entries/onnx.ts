/** Tensor programs, their gradients, and the runner: `import { gradient, Program } from 'openledger/onnx'`. */

export {
  causalMask,
  crossEntropy,
  gelu,
  geluTanh,
  layerNorm,
  mean,
  rmsNorm,
  rotary,
  scale,
  zeros,
} from '../onnx/graph/composites.js'
export type { Elements } from '../onnx/graph/elements.js'
export { gradient } from '../onnx/graph/gradient.js'
export {
  abs,
  add,
  detach,
  div,
  erf,
  exp,
  log,
  mul,
  neg,
  reciprocal,
  round,
  sigmoid,
  silu,
  sqrt,
  sub,
  tanh,
} from '../onnx/graph/primitives/elementwise.js'
export { gather, gatherElements, scatterAddElements, scatterAddRows } from '../onnx/graph/primitives/indexing.js'
export { constant, input, scalar, weight } from '../onnx/graph/primitives/inputs.js'
export { concat, expand, reshape, rotateHalf, slice, transpose } from '../onnx/graph/primitives/movement.js'
export { gemm, matMul } from '../onnx/graph/primitives/products.js'
export { dequantize } from '../onnx/graph/primitives/quantized.js'
export { inverseRms, logSumExp, reduceSum, rowMaximum, softmax } from '../onnx/graph/primitives/reductions.js'
export type { Device, RunDevice } from '../onnx/graph/RunDevice.js'
export type { ElementType, ExternalData, Operation, Shape, Value } from '../onnx/graph/Value.js'
export type { DeviceTensor } from '../onnx/runtime/DeviceTensor.js'
export { knownDevices } from '../onnx/runtime/devices.js'
export {
  type CompileOptions,
  type Feeds,
  Program,
  type ProgramOptions,
  runtimeVersion,
} from '../onnx/runtime/Program.js'
export type { Placement } from '../onnx/runtime/placement.js'
export * from './errors.js'
