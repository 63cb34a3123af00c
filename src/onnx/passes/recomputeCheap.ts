import { executionOrder } from '../graph/executionOrder.js'
import { isFree, peakLiveBytes } from '../graph/peakLiveBytes.js'
import {
  add,
  concat,
  matMul,
  mul,
  reshape,
  sigmoid,
  simplifiedLayerNormalization,
  slice,
  softmax,
  transpose,
} from '../graph/primitives.js'
import type { Outputs } from '../graph/rewrite.js'
import { sameShape, sizeOf, type Value } from '../graph/Value.js'

/** Results smaller than this are not worth an operator. */
const smallest = 1 << 16
/** A result waits where so many times its own size is written before it is read again. */
const longWait = 8
/** So much of what is computed again must be saved: attention weights are four operators for one result. */
const leastGain = 0.2

/**
 * Computes cheap results again where they are read long after they were made, as a backward pass reads those of the forward
 * pass, instead of keeping them in between (Chen et al. 2016, https://arxiv.org/abs/1604.06174, for single operators:
 * SwiGLU's product, normalised rows, attention weights). Only where what they are computed from is there anyway, or is smaller.
 */
export function recomputeCheap<Name extends string>(outputs: Outputs<Name>): Record<Name, Value> {
  const order = executionOrder(Object.values<Value>(outputs))
  const returns = waitsOf(order, new Set(Object.values<Value>(outputs)))
  const chosen = worthwhile(order, returns)
  if (chosen.size === 0) return { ...outputs }

  const now = new Map<Value, Value>()
  const anew = new Map<Value, Value>()
  const computedAnew = (value: Value): Value => {
    const known = anew.get(value)
    if (known) return known
    const sources = value.sources.map((source) => (chosen.has(memoryOf(source)) ? late(source) : now.get(source)))
    const made = again(value, sources as Value[])
    anew.set(value, made)
    return made
  }
  const late = (value: Value): Value => {
    const made = computedAnew(memoryOf(value))
    return sameShape(made.shape, value.shape) ? made : reshape(made, value.shape)
  }
  for (const [i, reader] of order.entries()) {
    const sources = reader.sources.map((source) => {
      const memory = memoryOf(source)
      const isLate = reader.operation.op !== 'Reshape' && chosen.has(memory) && i >= (returns.get(memory) ?? i + 1)
      return isLate ? late(source) : (now.get(source) as Value)
    })
    const changed = sources.some((source, j) => source !== reader.sources[j])
    now.set(reader, changed ? { ...reader, sources } : reader)
  }
  const entries = Object.entries<Value>(outputs).map(([name, value]) => [name, now.get(value) as Value])
  return Object.fromEntries(entries) as Record<Name, Value>
}

/** Of each value that waits long to be read again while most memory is in use: the place of the first reader after that. */
function waitsOf(order: readonly Value[], results: ReadonlySet<Value>): Map<Value, number> {
  const fullest = peakLiveBytes(order).place
  const lastRead = new Map<Value, number>()
  const written = [0]
  const returns = new Map<Value, number>()
  for (const [i, value] of order.entries()) {
    lastRead.set(value, i)
    written.push((written[i] as number) + (isFree(value) ? 0 : sizeOf(value.shape)))
    for (const source of readsOf(value)) {
      const last = lastRead.get(source) as number
      const wait = (written[i] as number) - (written[last + 1] as number)
      const size = sizeOf(source.shape)
      const isLong = last < fullest && i > fullest && wait > longWait * size
      if (isLong && size >= smallest && !isFree(source) && !results.has(source)) returns.set(source, i)
      lastRead.set(source, i)
    }
  }
  return returns
}

/** What a value is a change of shape of: the same memory. */
const memoryOf = (value: Value): Value =>
  value.operation.op === 'Reshape' ? memoryOf(value.sources[0] as Value) : value

/** The memory that a value is computed from; none for a change of shape. */
const readsOf = ({ operation, sources }: Value): readonly Value[] =>
  operation.op === 'Reshape' ? [] : sources.map(memoryOf)

/** What is worth computing again: the waiting values and those between them and what is kept. */
function worthwhile(order: readonly Value[], returns: ReadonlyMap<Value, number>): Set<Value> {
  const lastRead = new Map<Value, number>()
  for (const [i, value] of order.entries()) for (const source of readsOf(value)) lastRead.set(source, i)
  const isThere = (value: Value, at: number): boolean => value.sources.length === 0 || (lastRead.get(value) ?? 0) >= at

  /** Values that are decided on together, since they share what would have to be kept. */
  const groups = new Map<Value, Group>()
  const join = (a: Group, b: Group): Group => {
    if (a === b) return a
    for (const value of b.computed) a.computed.add(value)
    for (const value of b.kept) a.kept.add(value)
    for (const value of [...b.computed, ...b.kept]) groups.set(value, a)
    return a
  }
  for (const [value, at] of returns) {
    if (!isCheap(value)) continue
    let group = groups.get(value) ?? { computed: new Set(), kept: new Set() }
    const visit = (each: Value): void => {
      if (groups.has(each)) group = join(groups.get(each) as Group, group)
      groups.set(each, group)
      if (group.computed.has(each)) return
      group.computed.add(each)
      for (const source of readsOf(each)) {
        if (isCheap(source) && (returns.has(source) || !isThere(source, at))) visit(source)
        else if (!isThere(source, at)) {
          if (groups.has(source)) group = join(groups.get(source) as Group, group)
          groups.set(source, group)
          group.kept.add(source)
        }
      }
    }
    visit(value)
  }
  const chosen = new Set<Value>()
  for (const { computed, kept } of new Set(groups.values())) {
    const total = (values: Iterable<Value>): number => [...values].reduce((sum, { shape }) => sum + sizeOf(shape), 0)
    const gain = total([...computed].filter((value) => returns.has(value))) - total(kept)
    if (gain > leastGain * total(computed)) for (const value of computed) chosen.add(value)
  }
  return chosen
}

interface Group {
  readonly computed: Set<Value>
  /** What would have to be kept for it. */
  readonly kept: Set<Value>
}

const broadcasts = ['Mul', 'Add', 'SimplifiedLayerNormalization']
const onePass = ['Mul', 'SimplifiedLayerNormalization', 'Sigmoid', 'Transpose', 'Concat', 'Slice']

/** Operators of about one pass over their result, of float32. What is computed of constants alone is a constant. */
function isCheap({ operation, sources, type, shape }: Value): boolean {
  if (type !== 'float32' || sources.every(({ sources: deeper }) => deeper.length === 0)) return false
  const sizes = sources.map((source) => sizeOf(source.shape))
  switch (operation.op) {
    case 'MatMul':
      // Scores of attention, whose rows are as long as there are keys, and longer than those of what they are computed from.
      return Math.max(...sizes) <= sizeOf(shape)
    case 'Add':
      // A mask. A stream of sums would be computed again from its beginning.
      return Math.min(...sizes) < sizeOf(shape)
    case 'Softmax':
      // That of a head over a vocabulary is not cheap, and its scores would have to be kept.
      return shape.length > 2
    default:
      return onePass.includes(operation.op)
  }
}

/**
 * The same value by an operator of its own: with an axis more, since ONNX Runtime makes one of operators that do the same
 * to the same.
 */
function again({ operation, shape }: Value, sources: readonly Value[]): Value {
  const raised = sources.map((source) => {
    const missing = shape.length - source.shape.length
    // What broadcasts is as it should be, and a reshaped weight would be a copy.
    const stays = source.sources.length === 0 && broadcasts.includes(operation.op)
    return stays ? source : reshape(source, [...Array(missing + 1).fill(1), ...source.shape])
  })
  const [first, second] = raised as [Value, Value]
  return reshape(computed(), shape)

  function computed(): Value {
    switch (operation.op) {
      case 'Mul':
        return mul(first, second)
      case 'Add':
        return add(first, second)
      case 'MatMul':
        return matMul(first, second)
      case 'Softmax':
        return softmax(first)
      case 'Sigmoid':
        return sigmoid(first)
      case 'SimplifiedLayerNormalization':
        return simplifiedLayerNormalization(first, second, operation.epsilon)
      case 'Transpose':
        return transpose(first, [0, ...operation.permutation.map((axis) => axis + 1)])
      case 'Slice':
        return slice(first, operation.axis + 1, operation.start, operation.end)
      default:
        return concat(raised as [Value, ...Value[]], (operation as { axis: number }).axis + 1)
    }
  }
}
