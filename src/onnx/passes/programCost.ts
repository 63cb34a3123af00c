import { executionOrder } from '../graph/executionOrder.js'
import { isFree, peakLiveBytes } from '../graph/peakLiveBytes.js'
import { type Operation, type Shape, sizeOf, topologicalOrder, type Value, weightKey } from '../graph/Value.js'
import { lowerOnce } from './lower.js'
import { rematerialize } from './rematerialize.js'

/** Matrix products of one size in a program. */
export interface ProductSize {
  readonly operation: Extract<Operation, { op: 'Gemm' | 'MatMul' | 'MatMulIntegerToFloat' }>
  readonly shapes: readonly [Shape, Shape]
  /** Whether the right operand is a weight. */
  readonly frozen: boolean
  /** Operations of one such product. */
  readonly operations: number
  readonly count: number
}

/** Estimated costs of a program, counted without compiling it. */
export interface ProgramCost {
  /** Floating-point operations of its matrix products. */
  readonly productOperations: number
  /** Matrix products by size, including int8 products, whose operations are not floating-point. */
  readonly products: readonly ProductSize[]
  /** Elements written by all other operators. */
  readonly otherElements: number
  /** Number of operators that it runs. */
  readonly operators: number
  /** Bytes of the frozen tensors that it reads; each tensor counts once. */
  readonly weightBytes: number
  /** Parameters in those tensors; scales of quantized tensors, and further copies of a tensor, are not counted. */
  readonly weights: number
  /** Peak live bytes of results, each computed once and kept until its last use. */
  readonly activationBytes: number
  /** Peak live bytes of the program as ONNX Runtime runs it: in its own order, with cheap results recomputed. */
  readonly peakLiveBytes: number
}

/** Counts the operations and memory of a program without compiling it. */
export function programCost(outputs: Readonly<Record<string, Value>>): ProgramCost {
  const once = lowerOnce(outputs, 'cpu')
  const order = topologicalOrder(Object.values<Value>(once))
  const asItRuns = executionOrder(Object.values(rematerialize(once)))
  const weights = new Map<string, { value: Value; bytes: number }>()
  const auxiliary = new Set<Value>()
  const products = new Map<string, ProductSize>()
  let [productOperations, otherElements] = [0, 0]
  // Weights are counted before lowering, which reads the same weight both whole and in slices.
  for (const value of topologicalOrder(Object.values(outputs))) {
    const { operation } = value
    for (const source of auxiliarySources(value)) auxiliary.add(source)
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
    operators: asItRuns.filter(({ sources }) => sources.length > 0).length,
    weightBytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    weights: all.reduce((sum, { value }) => sum + (auxiliary.has(value) ? 0 : sizeOf(value.shape)), 0),
    activationBytes: peakLiveBytes(order).bytes,
    peakLiveBytes: peakLiveBytes(asItRuns).bytes,
  }
}

/** Sources of a value that are not parameters of the model: scales, and copies of another source. */
function auxiliarySources({ operation, sources }: Value): readonly Value[] {
  if (operation.op === 'DequantizeLinear' || operation.op === 'Int8Weight') return sources.slice(1)
  return operation.op === 'Int8Slices' ? sources.slice(1).flatMap((part) => part.sources) : []
}
