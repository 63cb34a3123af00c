/** Element types that programs use; named as in ONNX. */
export type ElementType = 'float32' | 'float64' | 'int32' | 'int64' | 'bool' | 'int8' | 'uint8' | 'int4'

export type Shape = readonly number[]

/** Byte range of a frozen tensor in a file. ONNX Runtime reads it when it loads the program. */
export interface ExternalData {
  readonly path: string
  readonly offset: number
  readonly length: number
}

/** Key of a frozen tensor, made of its name and byte range: the same in every program that reads those bytes. */
export const weightKey = ({ name, data: { path, offset, length } }: Extract<Operation, { op: 'Weight' }>): string =>
  `weight:${name}:${path}:${offset}:${length}`

/**
 * The operation that computes a {@link Value}. There is one member for each primitive; everything else is composed of
 * primitives. Fields are the attributes of the ONNX operator of the same name.
 */
export type Operation =
  | { readonly op: 'Input'; readonly name: string }
  | {
      readonly op: 'Constant'
      readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Int8Array | Uint8Array
    }
  | { readonly op: 'Weight'; readonly name: string; readonly data: ExternalData }
  | { readonly op: 'Neg' | 'Exp' | 'Log' | 'Sqrt' | 'Reciprocal' | 'Sigmoid' | 'Silu' | 'Tanh' | 'Erf' | 'Detach' }
  | { readonly op: 'Add' | 'Sub' | 'Mul' | 'Div' }
  | { readonly op: 'DequantizeLinear'; readonly axis: number; readonly block: number }
  | { readonly op: 'Abs' | 'Round' }
  | { readonly op: 'Int8Weight' | 'Int8Slices' }
  | { readonly op: 'QuantizeLinear' }
  | { readonly op: 'MatMulIntegerToFloat' }
  | { readonly op: 'MatMul' }
  | { readonly op: 'Gemm'; readonly transA: boolean; readonly transB: boolean; readonly alpha: number }
  | { readonly op: 'Softmax' | 'LogSumExp' }
  | { readonly op: 'ReduceSum'; readonly axes: readonly number[] }
  | { readonly op: 'ReduceMax' }
  | { readonly op: 'InverseRms'; readonly epsilon: number }
  | { readonly op: 'SimplifiedLayerNormalization'; readonly epsilon: number }
  | { readonly op: 'SecondResult' }
  | { readonly op: 'RotateHalf' }
  | { readonly op: 'RotaryEmbedding' }
  | { readonly op: 'Reshape' }
  | { readonly op: 'Expand' }
  | { readonly op: 'Transpose'; readonly permutation: readonly number[] }
  | { readonly op: 'Slice'; readonly axis: number; readonly start: number; readonly end: number }
  | { readonly op: 'Concat'; readonly axis: number }
  | { readonly op: 'Gather' }
  | { readonly op: 'GatherElements'; readonly axis: 0 | 1 }
  | { readonly op: 'ScatterElements'; readonly axis: 0 | 1 }

/**
 * A tensor of a program: an operation, its operands, and the type and shape of the result.
 * Values are immutable, and they are the program: every value reachable from an output belongs to it.
 */
export interface Value {
  readonly operation: Operation
  readonly sources: readonly Value[]
  readonly type: ElementType
  readonly shape: Shape
}

/** The number of elements of a shape. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1)

/** Formats a shape for error messages: `[2, 3]`. */
export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis])

/** Every value reachable from the outputs, each after its sources. Iterative, so deep programs do not overflow the stack. */
export function topologicalOrder(outputs: Iterable<Value>): Value[] {
  const order: Value[] = []
  const state = new Map<Value, 'open' | 'done'>()
  const stack = [...outputs].reverse()
  while (stack.length > 0) {
    const value = stack[stack.length - 1] as Value
    const known = state.get(value)
    if (known === undefined) {
      state.set(value, 'open')
      for (const source of value.sources) if (!state.has(source)) stack.push(source)
      continue
    }
    stack.pop()
    if (known === 'open') {
      state.set(value, 'done')
      order.push(value)
    }
  }
  return order
}
