import { executionOrder } from '../graph/executionOrder.js'
import { isFree, peakLiveBytes } from '../graph/peakLiveBytes.js'
import { add, mul, sigmoid } from '../graph/primitives/elementwise.js'
import { simplifiedLayerNormalization } from '../graph/primitives/fused.js'
import { concat, reshape, slice, transpose } from '../graph/primitives/movement.js'
import { matMul } from '../graph/primitives/products.js'
import { softmax } from '../graph/primitives/reductions.js'
import type { Outputs } from '../graph/rewrite.js'
import { sameShape, sizeOf, type Value } from '../graph/Value.js'

/** Results smaller than this are not worth an operator. */
const smallest = 1 << 16
/** A result is held long when this many times its own size is written before it is read again. */
const longHold = 8
/** At least this part of what is computed twice must be saved: attention weights take four operators for one result. */
const leastGain = 0.2

/**
 * Rematerialization: computes cheap results a second time where they are read long after they were made, as a backward pass
 * reads those of the forward pass, instead of holding them in memory in between (Chen et al. 2016,
 * https://arxiv.org/abs/1604.06174, for single operators: the product of SwiGLU, normalized rows, attention weights). It does so
 * only where the inputs of the second computation are live anyway, or are smaller than the result.
 */
export function rematerialize<Name extends string>(outputs: Outputs<Name>): Record<Name, Value> {
  const order = executionOrder(Object.values<Value>(outputs))
  const lateReads = findLateReads(order, new Set(Object.values<Value>(outputs)))
  const chosen = chooseRecomputed(order, lateReads)
  if (chosen.size === 0) return { ...outputs }

  /** Each value of the program as it was, with sources that may have been replaced. */
  const rewritten = new Map<Value, Value>()
  /** The second computation of each chosen value. */
  const copies = new Map<Value, Value>()
  const copyOf = (value: Value): Value => {
    const buffer = bufferOf(value)
    let copy = copies.get(buffer)
    if (copy === undefined) {
      const sources = buffer.sources.map((each) =>
        chosen.has(bufferOf(each)) ? copyOf(each) : (rewritten.get(each) as Value),
      )
      copy = recompute(buffer, sources)
      copies.set(buffer, copy)
    }
    return sameShape(copy.shape, value.shape) ? copy : reshape(copy, value.shape)
  }
  for (const [place, reader] of order.entries()) {
    const sources = reader.sources.map((source) => {
      const buffer = bufferOf(source)
      const isLate =
        reader.operation.op !== 'Reshape' && chosen.has(buffer) && place >= (lateReads.get(buffer) ?? place + 1)
      return isLate ? copyOf(source) : (rewritten.get(source) as Value)
    })
    const changed = sources.some((source, j) => source !== reader.sources[j])
    rewritten.set(reader, changed ? { ...reader, sources } : reader)
  }
  const entries = Object.entries<Value>(outputs).map(([name, value]) => [name, rewritten.get(value) as Value])
  return Object.fromEntries(entries) as Record<Name, Value>
}

/**
 * The values that are held long while memory is at its peak, each with the place of its first reader after that.
 */
function findLateReads(order: readonly Value[], results: ReadonlySet<Value>): Map<Value, number> {
  const peak = peakLiveBytes(order).place
  const lastRead = new Map<Value, number>()
  const written = [0]
  const lateReads = new Map<Value, number>()
  for (const [i, value] of order.entries()) {
    lastRead.set(value, i)
    written.push((written[i] as number) + (isFree(value) ? 0 : sizeOf(value.shape)))
    for (const source of readsOf(value)) {
      const last = lastRead.get(source) as number
      const between = (written[i] as number) - (written[last + 1] as number)
      const size = sizeOf(source.shape)
      const isLong = last < peak && i > peak && between > longHold * size
      if (isLong && size >= smallest && !isFree(source) && !results.has(source)) lateReads.set(source, i)
      lastRead.set(source, i)
    }
  }
  return lateReads
}

/** The value whose memory a value shares: a reshape writes nothing. */
const bufferOf = (value: Value): Value =>
  value.operation.op === 'Reshape' ? bufferOf(value.sources[0] as Value) : value

/** The buffers that an operator reads; a reshape reads none. */
const readsOf = ({ operation, sources }: Value): readonly Value[] =>
  operation.op === 'Reshape' ? [] : sources.map(bufferOf)

/**
 * Chooses what to compute twice: values that are read late, and the values between them and what stays in memory. Values that
 * would keep the same inputs alive form a group, and a group is chosen when it frees more than it keeps and costs.
 */
function chooseRecomputed(order: readonly Value[], lateReads: ReadonlyMap<Value, number>): Set<Value> {
  const lastRead = new Map<Value, number>()
  for (const [i, value] of order.entries()) for (const source of readsOf(value)) lastRead.set(source, i)
  const isLive = (value: Value, at: number): boolean => value.sources.length === 0 || (lastRead.get(value) ?? 0) >= at

  const groups = new Map<Value, Group>()
  const join = (a: Group, b: Group): Group => {
    if (a === b) return a
    for (const value of b.computed) a.computed.add(value)
    for (const value of b.kept) a.kept.add(value)
    for (const value of [...b.computed, ...b.kept]) groups.set(value, a)
    return a
  }
  for (const [value, at] of lateReads) {
    if (!isCheap(value)) continue
    let group = groups.get(value) ?? { computed: new Set(), kept: new Set() }
    const visit = (each: Value): void => {
      if (groups.has(each)) group = join(groups.get(each) as Group, group)
      groups.set(each, group)
      if (group.computed.has(each)) return
      group.computed.add(each)
      for (const source of readsOf(each)) {
        if (isCheap(source) && (lateReads.has(source) || !isLive(source, at))) visit(source)
        else if (!isLive(source, at)) {
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
    const gain = total([...computed].filter((value) => lateReads.has(value))) - total(kept)
    if (gain > leastGain * total(computed)) for (const value of computed) chosen.add(value)
  }
  return chosen
}

interface Group {
  /** Values that would be computed twice. */
  readonly computed: Set<Value>
  /** Inputs that would have to stay in memory for it. */
  readonly kept: Set<Value>
}

const broadcasts = ['Mul', 'Add', 'SimplifiedLayerNormalization']
const onePass = ['Mul', 'SimplifiedLayerNormalization', 'Sigmoid', 'Transpose', 'Concat', 'Slice']

/** Whether an operator makes about one pass over a float32 result. A value computed from constants alone is a constant. */
function isCheap({ operation, sources, type, shape }: Value): boolean {
  if (type !== 'float32' || sources.every(({ sources: deeper }) => deeper.length === 0)) return false
  const sizes = sources.map((source) => sizeOf(source.shape))
  switch (operation.op) {
    case 'MatMul':
      // Attention scores: their rows have one element for each key, more than the rows of queries and keys have.
      return Math.max(...sizes) <= sizeOf(shape)
    case 'Add':
      // Adding a mask. A residual stream would have to be computed again from its start.
      return Math.min(...sizes) < sizeOf(shape)
    case 'Softmax':
      // A softmax over the vocabulary is not cheap, and its logits would have to stay in memory.
      return shape.length > 2
    default:
      return onePass.includes(operation.op)
  }
}

/**
 * The same value by a second operator. It works on tensors with one more axis, because ONNX Runtime merges operators that do the
 * same to the same inputs.
 */
function recompute({ operation, shape }: Value, sources: readonly Value[]): Value {
  const raised = sources.map((source) => {
    const missing = shape.length - source.shape.length
    // An operand that broadcasts needs no axis, and a reshaped weight would be a copy.
    const stays = source.sources.length === 0 && broadcasts.includes(operation.op)
    return stays ? source : reshape(source, [...Array(missing + 1).fill(1), ...source.shape])
  })
  return reshape(applied(operation, raised as [Value, ...Value[]]), shape)
}

/** Applies an operator to operands that have one more axis in front. */
function applied(operation: Value['operation'], operands: readonly [Value, ...Value[]]): Value {
  const [first, second] = operands as readonly [Value, Value]
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
      return concat(operands, (operation as { axis: number }).axis + 1)
  }
}
