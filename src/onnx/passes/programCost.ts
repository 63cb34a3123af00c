import { executionOrder } from '../graph/executionOrder.js'
import { isFree, peakLiveBytes } from '../graph/peakLiveBytes.js'
import { type Operation, type Shape, sizeOf, topologicalOrder, type Value, weightKey } from '../graph/Value.js'
import { lowerOnce } from './lower.js'
import { recomputeCheap } from './recomputeCheap.js'

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
  /** How many operators it runs. */
  readonly operators: number
  /** Bytes of the frozen tensors that it reads; each counts once. */
  readonly weightBytes: number
  /** Numbers in those tensors; the scales of quantised ones, and what is kept of a tensor besides it, count nothing. */
  readonly weights: number
  /** The most bytes that results live in at one time, each computed once and kept until it is read for the last time. */
  readonly activationBytes: number
  /** The same of the program as it runs: in another order, and with cheap results computed again instead of kept. */
  readonly peakLiveBytes: number
}

/** Adds up what a program computes and holds, without compiling it. */
export function programCost(outputs: Readonly<Record<string, Value>>): ProgramCost {
  const once = lowerOnce(outputs, 'cpu')
  const order = topologicalOrder(Object.values<Value>(once))
  const asItRuns = executionOrder(Object.values(recomputeCheap(once)))
  const weights = new Map<string, { value: Value; bytes: number }>()
  const apart = new Set<Value>()
  const products = new Map<string, ProductSize>()
  let [productOperations, otherElements] = [0, 0]
  // Before lowering, which reads the same weight whole and in parts.
  for (const value of topologicalOrder(Object.values(outputs))) {
    const { operation } = value
    for (const source of besides(value)) apart.add(source)
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
    weights: all.reduce((sum, { value }) => sum + (apart.has(value) ? 0 : sizeOf(value.shape)), 0),
    activationBytes: peakLiveBytes(order).bytes,
    peakLiveBytes: peakLiveBytes(asItRuns).bytes,
  }
}

/** Sources of a value that are no numbers of the model's own: scales, and copies of what another source holds. */
function besides({ operation, sources }: Value): readonly Value[] {
  if (operation.op === 'DequantizeLinear' || operation.op === 'Int8Weight') return sources.slice(1)
  return operation.op === 'Int8Slices' ? sources.slice(1).flatMap((part) => part.sources) : []
}
