import {
  type ElementType,
  type Operation,
  type Shape,
  topologicalOrder,
  type Value,
  weightKey,
} from '../graph/Value.js'
import { ProtobufWriter } from './protobuf.js'

/** TensorProto.DataType of onnx.proto. */
const dataType: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
  int4: 22,
}
const attributeType = { float: 1, int: 2, ints: 7, string: 3 } as const
const irVersion = 10
const opsetVersion = 21
/** Operators of ONNX Runtime's own. */
const contribDomain = 'com.microsoft'
const contribOps: ReadonlySet<string> = new Set(['MatMulIntegerToFloat', 'RotaryEmbedding'])

interface Emitted {
  readonly nodes: ProtobufWriter[]
  readonly initializers: ProtobufWriter[]
  readonly inputs: ProtobufWriter[]
  readonly results: ProtobufWriter[]
}

/**
 * Serializes a program as an ONNX model. Equal computations are emitted once (common subexpressions share a node),
 * and small equal constants are stored once.
 *
 * @param outputs the values to compute, by the name under which a run returns them
 * @param location returns the path of a weight's file as written in the model; by default weights are inputs, named by
 * {@link weightKey}
 * @param storage where given, the model tells no extents along the first axis, nor to what anything is reshaped, but which
 * results have the same ({@link storageNames})
 */
export function serialize(
  outputs: Readonly<Record<string, Value>>,
  location?: (path: string) => string,
  storage?: ReadonlyMap<Value, string>,
): Uint8Array {
  const emitted: Emitted = { nodes: [], initializers: [], inputs: [], results: [] }
  const names = new Map<Value, string>()
  const known = new Map<string, string>()
  const intern = (key: string, emit: (name: string) => void): string => {
    const existing = known.get(key)
    if (existing !== undefined) return existing
    const name = `v${known.size}`
    known.set(key, name)
    emit(name)
    return name
  }
  const int64s: Int64s = (values, { isKnown = true } = {}) =>
    intern(`int64:${isKnown}:${values.join()}`, (name) => {
      emitted.initializers.push(tensor(name, 'int64', [values.length], bytesOf(BigInt64Array.from(values, BigInt))))
      // An initializer that is an input too is a default, from which nothing is foreseen.
      if (!isKnown) emitted.inputs.push(valueInfo(name, 'int64', [values.length]))
    })
  const hasStaticShapes = storage === undefined

  const values = topologicalOrder(Object.values(outputs))
  for (const value of values) {
    const { operation, type, shape } = value
    if (operation.op === 'Input') {
      const extents = shape.map((extent, axis) => (hasStaticShapes || axis > 0 ? extent : ''))
      if (!known.has(`input:${operation.name}`)) emitted.inputs.push(valueInfo(operation.name, type, extents))
      known.set(`input:${operation.name}`, operation.name)
      names.set(value, operation.name)
    } else if (operation.op === 'Constant') {
      const bytes = bytesOf(operation.data)
      const key =
        bytes.length <= 4096
          ? `${type}${shape.join()}:${Buffer.from(bytes).toString('base64')}`
          : `constant${known.size}`
      names.set(
        value,
        intern(key, (name) => emitted.initializers.push(tensor(name, type, shape, bytes))),
      )
    } else if (operation.op === 'Weight') {
      const { path, offset, length } = operation.data
      const key = weightKey(operation)
      if (location === undefined && !known.has(key)) {
        emitted.inputs.push(valueInfo(key, type, shape))
        known.set(key, key)
      }
      names.set(
        value,
        intern(key, (name) =>
          emitted.initializers.push(externalTensor(name, type, shape, location?.(path) as string, offset, length)),
        ),
      )
    } else if (operation.op === 'SecondResult') {
      names.set(value, secondName(names.get(value.sources[0] as Value) as string))
    } else {
      const sources = value.sources.map((source) => names.get(source) as string)
      const key = `${JSON.stringify(operation)}(${sources.join()})${shape.join()}`
      names.set(
        value,
        intern(key, (name) => {
          emitted.nodes.push(node(operation, sources, name, shape, int64s, hasStaticShapes))
          const memory = storage?.get(value)
          const extents = shape.map((_, axis) => `${memory}.${axis}`)
          if (memory !== undefined) emitted.results.push(valueInfo(name, type, extents))
        }),
      )
    }
  }
  const results = Object.entries(outputs).map(([name, value]) => {
    emitted.nodes.push(plainNode('Identity', [names.get(value) as string], [name]))
    return valueInfo(name, value.type, value.shape)
  })
  // Tools without ONNX Runtime's own operators refuse a model that merely names them.
  const contrib = values.some(({ operation }) => contribOps.has(operation.op))
  return model(emitted, results, contrib)
}

/** The name of an operator's second result, by that of its first. */
const secondName = (name: string): string => `${name}.1`

/** Names a vector of integers in the model. */
type Int64s = (values: readonly number[], options?: { readonly isKnown?: boolean }) => string

type Computed = Exclude<Operation, { op: 'Input' | 'Constant' | 'Weight' | 'SecondResult' }>

function node(
  operation: Computed,
  sources: readonly string[],
  output: string,
  shape: Shape,
  int64s: Int64s,
  hasStaticShapes: boolean,
): ProtobufWriter {
  const { op } = operation
  switch (op) {
    case 'Gemm':
      return plainNode(op, sources, [output], {
        transA: operation.transA ? 1 : 0,
        transB: operation.transB ? 1 : 0,
        ...(operation.alpha !== 1 && { alpha: { float: operation.alpha } }),
      })
    case 'MatMulIntegerToFloat':
    case 'RotaryEmbedding':
      return plainNode(op, sources, [output]).string(7, contribDomain)
    case 'SimplifiedLayerNormalization':
      return plainNode(op, sources, [output, secondName(output)], {
        axis: shape.length - 1,
        epsilon: { float: operation.epsilon },
      })
    case 'QuantizeLinear':
      return plainNode(op, sources, [output], { axis: 0 })
    case 'DequantizeLinear':
      return plainNode(op, sources, [output], { axis: operation.axis, block_size: operation.block })
    case 'Detach':
      return plainNode('Identity', sources, [output])
    case 'Softmax':
      return plainNode(op, sources, [output], { axis: shape.length - 1 })
    case 'ReduceSum':
      return plainNode(op, [...sources, int64s(operation.axes)], [output], { keepdims: 1 })
    case 'ReduceMax':
      return plainNode(op, [...sources, int64s([shape.length - 1])], [output], { keepdims: 1 })
    case 'Reshape':
    case 'Expand':
      return plainNode(op, [...sources, int64s(shape, { isKnown: hasStaticShapes })], [output])
    case 'Transpose':
      return plainNode(op, sources, [output], { perm: operation.permutation })
    case 'Slice': {
      const { axis, start, end } = operation
      return plainNode(op, [...sources, int64s([start]), int64s([end]), int64s([axis])], [output])
    }
    case 'Concat':
      return plainNode(op, sources, [output], { axis: operation.axis })
    case 'Gather':
      return plainNode(op, sources, [output], { axis: 0 })
    case 'GatherElements':
      return plainNode(op, sources, [output], { axis: operation.axis })
    case 'ScatterElements':
      return plainNode(op, sources, [output], { axis: operation.axis, reduction: 'add' })
    default:
      return plainNode(op, sources, [output])
  }
}

/** NodeProto. */
function plainNode(
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

/** TensorProto with its bytes inside. */
const tensor = (name: string, type: ElementType, shape: Shape, data: Uint8Array): ProtobufWriter =>
  new ProtobufWriter().ints(1, shape).int(2, dataType[type]).string(8, name).bytes(9, data)

/** TensorProto whose bytes lie in a file. */
function externalTensor(
  name: string,
  type: ElementType,
  shape: Shape,
  path: string,
  offset: number,
  length: number,
): ProtobufWriter {
  const writer = new ProtobufWriter().ints(1, shape).int(2, dataType[type]).string(8, name)
  for (const [key, value] of Object.entries({ location: path, offset, length }))
    writer.message(13, new ProtobufWriter().string(1, key).string(2, String(value)))
  return writer.int(14, 1)
}

/**
 * ValueInfoProto.
 *
 * @param shape a number for each axis, a name for one of equal but unknown extents, or '' for an unknown one
 */
function valueInfo(name: string, type: ElementType, shape: readonly (number | string)[]): ProtobufWriter {
  const dimensions = new ProtobufWriter()
  for (const extent of shape) {
    const dimension = new ProtobufWriter()
    if (typeof extent === 'number') dimension.int(1, extent)
    else if (extent !== '') dimension.string(2, extent)
    dimensions.message(1, dimension)
  }
  const tensorType = new ProtobufWriter().int(1, dataType[type]).message(2, dimensions)
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensorType))
}

/** ModelProto. */
function model(
  { nodes, initializers, inputs, results }: Emitted,
  outputs: readonly ProtobufWriter[],
  contrib: boolean,
): Uint8Array {
  const graph = new ProtobufWriter()
  for (const each of nodes) graph.message(1, each)
  graph.string(2, 'program')
  for (const each of initializers) graph.message(5, each)
  for (const each of inputs) graph.message(11, each)
  for (const each of outputs) graph.message(12, each)
  for (const each of results) graph.message(13, each)
  const writer = new ProtobufWriter()
    .int(1, irVersion)
    .string(2, 'openledger')
    .message(7, graph)
    .message(8, new ProtobufWriter().string(1, '').int(2, opsetVersion))
  if (contrib) writer.message(8, new ProtobufWriter().string(1, contribDomain).int(2, 1))
  return writer.finish()
}

const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
