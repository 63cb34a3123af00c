import { Tensor } from 'onnxruntime-node'
import type { ElementType, Shape } from './Value.js'

/** The elements of a tensor as JavaScript feeds and receives them. */
export type Elements = Float32Array | Float64Array | Int32Array | BigInt64Array

/** The typed array that holds each element type. */
export const elementArrays = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  // Two elements per byte.
  int4: Int8Array,
} as const satisfies Record<ElementType, unknown>

/** An ONNX Runtime tensor that shares the memory of `data`. */
export const tensorOf = (data: Elements, type: ElementType, shape: Shape): Tensor =>
  new Tensor(type as 'float32', data as Float32Array, shape)
