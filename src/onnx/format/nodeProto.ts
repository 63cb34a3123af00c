import type { Operation, Shape } from '../graph/Value.js'
import { ProtobufWriter } from './protobuf.js'

const attributeType = { float: 1, int: 2, ints: 7, string: 3 } as const
/** Domain of the operators of ONNX Runtime's own. */
export const contribDomain = 'com.microsoft'
/** Operators of {@link contribDomain}. */
export const contribOps: ReadonlySet<string> = new Set(['MatMulIntegerToFloat', 'RotaryEmbedding'])

/** An operation that a node of the graph computes. */
export type Computed = Exclude<Operation, { op: 'Input' | 'Constant' | 'Weight' | 'SecondResult' }>

/** Stores the vectors that ONNX takes as operands and programs hold as attributes; each function returns the vector's name. */
export interface OperandVectors {
  int64s(values: readonly number[]): string
  /** The shape that an operation gives its result. */
  target(shape: Shape): string
}

/** The name of an operator's second result, by that of its first. */
export const secondName = (name: string): string => `${name}.1`

/** The node that computes an operation: its attributes become those of the ONNX operator, or operands where ONNX has them so. */
export function operationNode(
  operation: Computed,
  sources: readonly string[],
  output: string,
  shape: Shape,
  constants: OperandVectors,
): ProtobufWriter {
  const { op } = operation
  switch (op) {
    case 'Gemm':
      return nodeProto(op, sources, [output], {
        transA: operation.transA ? 1 : 0,
        transB: operation.transB ? 1 : 0,
        ...(operation.alpha !== 1 && { alpha: { float: operation.alpha } }),
      })
    case 'MatMulIntegerToFloat':
    case 'RotaryEmbedding':
      return nodeProto(op, sources, [output]).string(7, contribDomain)
    case 'SimplifiedLayerNormalization':
      return nodeProto(op, sources, [output, secondName(output)], {
        axis: shape.length - 1,
        epsilon: { float: operation.epsilon },
      })
    case 'QuantizeLinear':
      return nodeProto(op, sources, [output], { axis: 0 })
    case 'DequantizeLinear':
      return nodeProto(op, sources, [output], { axis: operation.axis, block_size: operation.block })
    case 'Detach':
      return nodeProto('Identity', sources, [output])
    case 'Softmax':
      return nodeProto(op, sources, [output], { axis: shape.length - 1 })
    case 'ReduceSum':
      return nodeProto(op, [...sources, constants.int64s(operation.axes)], [output], { keepdims: 1 })
    case 'ReduceMax':
      return nodeProto(op, [...sources, constants.int64s([shape.length - 1])], [output], { keepdims: 1 })
    case 'Reshape':
    case 'Expand':
      return nodeProto(op, [...sources, constants.target(shape)], [output])
    case 'Transpose':
      return nodeProto(op, sources, [output], { perm: operation.permutation })
    case 'Slice': {
      const { axis, start, end } = operation
      return nodeProto(
        op,
        [...sources, constants.int64s([start]), constants.int64s([end]), constants.int64s([axis])],
        [output],
      )
    }
    case 'Concat':
      return nodeProto(op, sources, [output], { axis: operation.axis })
    case 'Gather':
      return nodeProto(op, sources, [output], { axis: 0 })
    case 'GatherElements':
      return nodeProto(op, sources, [output], { axis: operation.axis })
    case 'ScatterElements':
      return nodeProto(op, sources, [output], { axis: operation.axis, reduction: 'add' })
    default:
      return nodeProto(op, sources, [output])
  }
}

/** NodeProto. */
export function nodeProto(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, number | string | readonly number[] | { readonly float: number }>> = {},
): ProtobufWriter {
  const writer = new ProtobufWriter()
  for (const name of inputs) writer.string(1, name)
  for (const name of outputs) writer.string(2, name)
  writer.string(4, op)
  for (const [name, value] of Object.entries(attributes)) {
    const attribute = new ProtobufWriter().string(1, name)
    if (typeof value === 'number') attribute.int(3, value).int(20, attributeType.int)
    else if (typeof value === 'string') attribute.string(4, value).int(20, attributeType.string)
    else if ('float' in value) attribute.float(2, value.float).int(20, attributeType.float)
    else attribute.ints(8, value).int(20, attributeType.ints)
    writer.message(5, attribute)
  }
  return writer
}
