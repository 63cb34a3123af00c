import { gemm } from './primitives.js'
import { sameShape, topologicalOrder, type Value } from './Value.js'

/**
 * Rewrites a program into an equal one with fewer passes over memory: a sum with a matrix product that nothing else reads
 * becomes one Gemm. The adapters' paths and the gradients that flow together at every adapted layer are such sums.
 */
export function fuse<Name extends string>(outputs: Readonly<Record<Name, Value>>): Record<Name, Value> {
  const order = topologicalOrder(Object.values<Value>(outputs))
  const readers = new Map<Value, number>()
  const count = (value: Value): void => void readers.set(value, (readers.get(value) ?? 0) + 1)
  for (const { sources } of order) sources.forEach(count)
  Object.values<Value>(outputs).forEach(count)

  const rewritten = new Map<Value, Value>()
  const now = (value: Value): Value => rewritten.get(value) as Value
  for (const value of order) {
    const fused = fuseSum(value, readers, now)
    const sources = value.sources.map(now)
    const changed = sources.some((source, i) => source !== value.sources[i])
    rewritten.set(value, fused ?? (changed ? { ...value, sources } : value))
  }
  const entries = Object.entries<Value>(outputs).map(([name, value]) => [name, now(value)])
  return Object.fromEntries(entries) as Record<Name, Value>
}

function fuseSum(
  { operation, sources, shape }: Value,
  readers: ReadonlyMap<Value, number>,
  now: (value: Value) => Value,
): Value | undefined {
  if (operation.op !== 'Add') return undefined
  for (const [i, product] of sources.entries()) {
    const other = sources[1 - i] as Value
    if (product.operation.op !== 'Gemm' || readers.get(product) !== 1) continue
    // A product whose sum was fused in before has no room for another; broadcast sums stay as they are.
    const fresh = now(product)
    if (fresh.sources.length !== 2 || !sameShape(other.shape, shape) || !sameShape(product.shape, shape)) continue
    const { transA, transB } = product.operation
    const [a, b] = fresh.sources as [Value, Value]
    return gemm(a, b, { transA, transB, plus: now(other) })
  }
  return undefined
}
