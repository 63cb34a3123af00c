import {
  type ElementType,
  type Operation,
  type Shape,
  topologicalOrder,
  type Value,
  weightKey,
} from '../graph/Value.js'
import {
  type Computed,
  contribDomain,
  contribOps,
  nodeProto,
  type OperandVectors,
  operationNode,
  secondName,
} from './nodeProto.js'
import { ProtobufWriter } from './protobuf.js'
import { type Extent, everyShape, type ShapeDisclosure } from './shapeDisclosure.js'
import { externalTensorProto, tensorProto, valueInfoProto } from './tensorProto.js'

const irVersion = 10
const opsetVersion = 21
/** A constant of at most this many bytes is stored once, however often the program has it. */
const sharedConstantBytes = 4096

/**
 * Serializes a program as an ONNX model. Equal computations are emitted once (common subexpressions share a node),
 * and small equal constants are stored once.
 *
 * @param outputs the values to compute, by the name under which a run returns them
 * @param location returns the path of a weight's file as written in the model; by default weights are inputs, named by
 * {@link weightKey}
 * @param disclosure what the model tells of its shapes; by default {@link everyShape}
 */
export function serialize(
  outputs: Readonly<Record<string, Value>>,
  location?: (path: string) => string,
  disclosure: ShapeDisclosure = everyShape,
): Uint8Array {
  const graph = new Graph(location, disclosure)
  const values = topologicalOrder(Object.values(outputs))
  for (const value of values) graph.add(value)
  const results = Object.entries(outputs).map(([name, value]) => graph.output(name, value))
  // Tools without ONNX Runtime's own operators refuse a model that merely names them.
  return modelProto(
    graph,
    results,
    values.some(({ operation }) => contribOps.has(operation.op)),
  )
}

/** The messages of a GraphProto, to which values are added in topological order. */
class Graph implements OperandVectors {
  readonly nodes: ProtobufWriter[] = []
  readonly initializers: ProtobufWriter[] = []
  readonly inputs: ProtobufWriter[] = []
  readonly results: ProtobufWriter[] = []
  readonly #names = new Map<Value, string>()
  /** Names of what has been emitted, by a key that only equal computations share. */
  readonly #emitted = new Map<string, string>()
  readonly #location: ((path: string) => string) | undefined
  readonly #disclosure: ShapeDisclosure

  constructor(location: ((path: string) => string) | undefined, disclosure: ShapeDisclosure) {
    this.#location = location
    this.#disclosure = disclosure
  }

  add(value: Value): void {
    this.#names.set(value, this.#emit(value))
  }

  /** Gives an added value the name of an output. */
  output(name: string, value: Value): ProtobufWriter {
    this.nodes.push(nodeProto('Identity', [this.#nameOf(value)], [name]))
    return valueInfoProto(name, value.type, value.shape)
  }

  int64s(values: readonly number[]): string {
    return this.#once(`int64:${values.join()}`, (name) => this.#int64s(name, values))
  }

  target(shape: Shape): string {
    if (this.#disclosure.hasConstantTargets) return this.int64s(shape)
    return this.#once(`default int64:${shape.join()}`, (name) => {
      this.#int64s(name, shape)
      // An initializer that is an input too is a default, from which ONNX Runtime infers nothing.
      this.inputs.push(valueInfoProto(name, 'int64', [shape.length]))
    })
  }

  #nameOf(value: Value): string {
    return this.#names.get(value) as string
  }

  /** Emits a value if no equal one has been, and returns its name. */
  #emit(value: Value): string {
    const { operation, type, shape } = value
    switch (operation.op) {
      case 'Input':
        return this.#input(`input:${operation.name}`, operation.name, type, this.#disclosure.input(shape))
      case 'Constant':
        return this.#constant(type, shape, bytesOf(operation.data))
      case 'Weight':
        return this.#weight(operation, type, shape)
      case 'SecondResult':
        return secondName(this.#nameOf(value.sources[0] as Value))
      default:
        return this.#computed(operation, value)
    }
  }

  #input(key: string, name: string, type: ElementType, extents: readonly Extent[]): string {
    if (!this.#emitted.has(key)) this.inputs.push(valueInfoProto(name, type, extents))
    this.#emitted.set(key, name)
    return name
  }

  #constant(type: ElementType, shape: Shape, bytes: Uint8Array): string {
    const key =
      bytes.length <= sharedConstantBytes
        ? `${type}${shape.join()}:${Buffer.from(bytes).toString('base64')}`
        : `constant${this.#emitted.size}`
    return this.#once(key, (name) => this.initializers.push(tensorProto(name, type, shape, bytes)))
  }

  #weight(operation: Extract<Operation, { op: 'Weight' }>, type: ElementType, shape: Shape): string {
    const key = weightKey(operation)
    const location = this.#location
    if (location === undefined) return this.#input(key, key, type, shape)
    const { path, offset, length } = operation.data
    return this.#once(key, (name) =>
      this.initializers.push(externalTensorProto(name, type, shape, location(path), offset, length)),
    )
  }

  #computed(operation: Computed, value: Value): string {
    const sources = value.sources.map((source) => this.#nameOf(source))
    const { type, shape } = value
    return this.#once(`${JSON.stringify(operation)}(${sources.join()})${shape.join()}`, (name) => {
      this.nodes.push(operationNode(operation, sources, name, shape, this))
      const extents = this.#disclosure.result(value)
      if (extents) this.results.push(valueInfoProto(name, type, extents))
    })
  }

  #int64s(name: string, values: readonly number[]): void {
    const bytes = bytesOf(BigInt64Array.from(values, BigInt))
    this.initializers.push(tensorProto(name, 'int64', [values.length], bytes))
  }

  /** The name of what has this key; emits it first if nothing has. */
  #once(key: string, emit: (name: string) => void): string {
    const existing = this.#emitted.get(key)
    if (existing !== undefined) return existing
    const name = `v${this.#emitted.size}`
    this.#emitted.set(key, name)
    emit(name)
    return name
  }
}

/** ModelProto. */
function modelProto(
  { nodes, initializers, inputs, results }: Graph,
  outputs: readonly ProtobufWriter[],
  hasContribOps: boolean,
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
  if (hasContribOps) writer.message(8, new ProtobufWriter().string(1, contribDomain).int(2, 1))
  return writer.finish()
}

const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
