import { add } from '../graph/primitives/elementwise.js'
import { concat, slice } from '../graph/primitives/movement.js'
import { gemm } from '../graph/primitives/products.js'
import { type Outputs, readerCounts, rewrite } from '../graph/rewrite.js'
import { sameShape, topologicalOrder, type Value } from '../graph/Value.js'

/** Extents up to this are narrow: such a product costs about as much as one several times as wide. */
const narrow = 64

type Several = readonly [Value, ...Value[]]

/**
 * Rewrites a program into an equal one with fewer narrow matrix products. Layers that read the same x, such as the query,
 * key and value projections, have low-rank paths x A1^T, x A2^T, ...: these become one product with the A's concatenated.
 * So do their gradients D1^T x, D2^T x, ..., and the sum D1 A1 + D2 A2 + ... that flows back to x.
 */
export const joinProducts = <Name extends string>(outputs: Outputs<Name>): Record<Name, Value> =>
  joinResults(joinSums(joinReaders(outputs)))

interface Product extends Value {
  readonly operation: Extract<Value['operation'], { op: 'Gemm' }>
  readonly sources: readonly [Value, Value]
}

const isProduct = (value: Value): value is Product => value.operation.op === 'Gemm' && value.sources.length === 2

const sameAttributes = (a: Product, b: Product): boolean =>
  a.operation.transA === b.operation.transA &&
  a.operation.transB === b.operation.transB &&
  a.operation.alpha === b.operation.alpha

/** Groups of two or more products with the same attributes and, if `common` is given, with the same value of it. */
function groupsOf(products: readonly Product[], common?: (product: Product) => Value): Product[][] {
  const groups: Product[][] = []
  for (const product of products) {
    const group = groups.find(
      ([first]) => sameAttributes(first as Product, product) && common?.(first as Product) === common?.(product),
    )
    if (group) group.push(product)
    else groups.push([product])
  }
  return groups.filter(({ length }) => length > 1)
}

/** Joins x B1, x B2, ... whose B's are inputs, which are available before the first product runs. */
function joinReaders<Name extends string>(outputs: Outputs<Name>): Record<Name, Value> {
  const products = topologicalOrder(Object.values<Value>(outputs))
    .filter(isProduct)
    .filter(({ sources: [, b], shape }) => b.operation.op === 'Input' && (shape[1] as number) <= narrow)
  const groups = new Map(
    groupsOf(products, ({ sources }) => sources[0]).flatMap((group) => group.map((p) => [p, group])),
  )
  const joined = new Map<readonly Product[], Value>()
  return rewrite(outputs, ({ sources: [x] }, before) => {
    const group = groups.get(before as Product)
    if (!group) return undefined
    const { operation } = group[0] as Product
    const others = group.map(({ sources }) => sources[1]) as unknown as Several
    const all = joined.get(group) ?? gemm(x as Value, concat(others, operation.transB ? 0 : 1), operation)
    joined.set(group, all)
    return parts(all, 1, group)[group.indexOf(before as Product)]
  })
}

/** Replaces a sum of products D1 A1 + D2 A2 + ... over narrow extents by one product of the D's and the A's concatenated. */
function joinSums<Name extends string>(outputs: Outputs<Name>): Record<Name, Value> {
  const readers = readerCounts(outputs)
  const inner = new Set<Value>()
  for (const { operation, sources, shape } of topologicalOrder(Object.values<Value>(outputs)))
    if (operation.op === 'Add')
      for (const source of sources)
        if (source.operation.op === 'Add' && readers.get(source) === 1 && sameShape(source.shape, shape))
          inner.add(source)
  /** The terms of nested sums in the rewritten program; a nested sum that something else reads is a term of its own. */
  const terms = (now: Value, before: Value): Value[] =>
    now.sources.flatMap((source, i) => {
      const was = before.sources[i] as Value
      return inner.has(was) ? terms(source, was) : [source]
    })
  return rewrite(outputs, (value, before) => {
    if (value.operation.op !== 'Add' || inner.has(before)) return undefined
    const all = terms(value, before)
    if (all.some(({ shape }) => !sameShape(shape, value.shape))) return undefined
    const group = groupsOf(all.filter(isProduct).filter(isOverNarrow))[0]
    if (!group) return undefined
    const { operation } = group[0] as Product
    const [left, right] = [0, 1].map((side) => group.map(({ sources }) => sources[side])) as unknown as [
      Several,
      Several,
    ]
    const product = gemm(concat(left, operation.transA ? 0 : 1), concat(right, operation.transB ? 1 : 0), operation)
    const rest = all.filter((term) => !group.includes(term as Product))
    return [...rest, product].reduce(add)
  })
}

const isOverNarrow = ({ operation, sources: [a] }: Product): boolean =>
  (a.shape[operation.transA ? 0 : 1] as number) <= narrow

/** Joins D1^T x, D2^T x, ... that are results of the program, so that no operator waits for one of them. */
function joinResults<Name extends string>(outputs: Outputs<Name>): Record<Name, Value> {
  const readers = readerCounts(outputs)
  const results = Object.values<Value>(outputs).filter(isProduct)
  const narrowOnes = results.filter((value) => readers.get(value) === 1 && (value.shape[0] as number) <= narrow)
  const replaced = new Map<Value, Value>()
  for (const group of groupsOf(narrowOnes, ({ sources }) => sources[1])) {
    const { operation, sources } = group[0] as Product
    const lefts = group.map(({ sources: [d] }) => d) as unknown as Several
    const all = gemm(concat(lefts, operation.transA ? 1 : 0), sources[1], operation)
    for (const [i, part] of parts(all, 0, group).entries()) replaced.set(group[i] as Value, part)
  }
  const entries = Object.entries<Value>(outputs).map(([name, value]) => [name, replaced.get(value) ?? value])
  return Object.fromEntries(entries) as Record<Name, Value>
}

/** The part of a joined product that belongs to each of the group. */
function parts(all: Value, axis: 0 | 1, group: readonly Value[]): Value[] {
  let start = 0
  return group.map(({ shape }) => {
    const end = start + (shape[axis] as number)
    const part = slice(all, axis, start, end)
    start = end
    return part
  })
}
