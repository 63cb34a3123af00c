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
  concat,
  constant,
  dequantize,
  detach,
  div,
  erf,
  exp,
  expand,
  gather,
  gatherElements,
  gemm,
  input,
  inverseRms,
  log,
  logSumExp,
  matMul,
  mul,
  neg,
  reciprocal,
  reduceSum,
  reshape,
  rotateHalf,
  round,
  rowMaximum,
  scalar,
  scatterAddElements,
  scatterAddRows,
  sigmoid,
  silu,
  slice,
  softmax,
  sqrt,
  sub,
  tanh,
  transpose,
  weight,
} from '../onnx/graph/primitives.js'
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
