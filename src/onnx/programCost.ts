import { lower } from './lower.js'
import { type Operation, type Shape, sizeOf, topologicalOrder, type Value, weightKey } from './Value.js'

/** Matrix products of one size in a program. */
export interface ProductSize {
  readonly operation: Extract<Operation, { op: 'Gemm' | 'MatMul' | 'MatMulIntegerToFloat' }>
  readonly shapes: readonly [Shape, Shape]
  /** The right operand is a weight. */
  readonly frozen: boolean
  /** Operations of one of them. */
  readonly operations: number
  readonly count: number
}

/** What a program costs on paper. */
export interface ProgramCost {
  /** Floating-point operations of its matrix products. */
  readonly productOperations: number
  /** Those products by size, the ones in 8 bits among them, whose operations are not floating point. */
  readonly products: readonly ProductSize[]
  /** Elements that its other operators write. */
  readonly otherElements: number
  /** Bytes of the frozen tensors that it reads; each counts once. */
  readonly weightBytes: number
  /** Numbers in those tensors, the scales of quantised ones apart. */
  readonly weights: number
  /** The most bytes that results live in at one time, none kept longer than it is read. */
  readonly activationBytes: number
}

const bitsPerElement = { float32: 32, float64: 64, int32: 32, int64: 64, bool: 8, int8: 8, uint8: 8, int4: 4 } as const
const bytesOf = ({ shape, type }: Value): number => (sizeOf(shape) * bitsPerElement[type]) / 8

/** Adds up what a program computes and holds, without compiling it. */
export function programCost(outputs: Readonly<Record<string, Value>>): ProgramCost {
  const order = topologicalOrder(Object.values(lower(outputs, 'cpu')))
  const weights = new Map<string, { value: Value; bytes: number }>()
  const scales = new Set<Value>()
  const products = new Map<string, ProductSize>()
  let [productOperations, otherElements] = [0, 0]
  // Before lowering, which reads the same weight whole and in parts.
  for (const value of topologicalOrder(Object.values(outputs))) {
    const { operation, sources } = value
    if (operation.op === 'DequantizeLinear') scales.add(sources[1] as Value)
    if (operation.op === 'Weight') weights.set(weightKey(operation), { value, bytes: operation.data.length })
  }
  for (const value of order) {
    const { operation, sources, shape } = value
    if (operation.op === 'MatMul' || operation.op === 'Gemm' || operation.op === 'MatMulIntegerToFloat') {
      const [a, b] = sources as [Value, Value]
      const transposed = operation.op === 'Gemm' && operation.transA
      const operations = 2 * sizeOf(shape) * (a.shape.at(transposed ? -2 : -1) as number)
      if (operation.op !== 'MatMulIntegerToFloat') productOperations += operations
      const size = { operation, shapes: [a.shape, b.shape] as const, frozen: b.operation.op === 'Weight', operations }
      const key = JSON.stringify(size)
      products.set(key, { ...size, count: (products.get(key)?.count ?? 0) + 1 })
    } else if (!isFree(value)) otherElements += sizeOf(shape)
  }
  const all = [...weights.values()]
  return {
    productOperations,
    products: [...products.values()],
    otherElements,
    weightBytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    weights: all.reduce((sum, { value }) => sum + (scales.has(value) ? 0 : sizeOf(value.shape)), 0),
    activationBytes: peakBytes(order),
  }
}

/** A reshaped tensor is the same memory; inputs, weights and constants are there before. */
const isFree = ({ operation }: Value): boolean =>
  ['Input', 'Constant', 'Weight', 'Reshape', 'SecondResult'].includes(operation.op)

/** Operators that may write over a source of the same size that nothing reads any more. */
const inPlace: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'Neg', 'Exp', 'Sqrt', 'Sigmoid', 'Softmax'])

function peakBytes(order: readonly Value[]): number {
  const memory = new Map<Value, Value>()
  const lastRead = new Map<Value, number>()
  for (const [i, value] of order.entries()) {
    const reshaped = value.operation.op === 'Reshape' ? (value.sources[0] as Value) : value
    memory.set(value, memory.get(reshaped) ?? reshaped)
    for (const source of value.sources) lastRead.set(memory.get(source) as Value, i)
  }
  let [living, peak] = [0, 0]
  for (const [i, value] of order.entries()) {
    const dying = [...new Set(value.sources.map((source) => memory.get(source) as Value))].filter(
      (source) => lastRead.get(source) === i && !isFree(source),
    )
    const freed = dying.reduce((sum, source) => sum + bytesOf(source), 0)
    if (!isFree(value)) {
      const reused = inPlace.has(value.operation.op) && dying.some((source) => bytesOf(source) === bytesOf(value))
      peak = Math.max(peak, living + (reused ? 0 : bytesOf(value)))
      living += bytesOf(value)
    }
    living -= freed
  }
  return peak
}
