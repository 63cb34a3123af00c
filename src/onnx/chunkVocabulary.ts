import {
  add,
  concat,
  exp,
  gather,
  gemm,
  logSumExp,
  mul,
  reduceSum,
  reshape,
  softmax,
  sub,
  weight,
} from './primitives.js'
import { type Outputs, readerCounts, rewrite } from './rewrite.js'
import { topologicalOrder, type Value } from './Value.js'

/**
 * Columns of logits that are computed at once. 512 rows of them stay in a core's share of the cache from the product that
 * makes them to the product that consumes them. Not a power of two: rows whose addresses are multiples of 4 KiB apart fall
 * into the same few lines of the first cache, which costs that second product a third of its speed.
 */
const chunkColumns = 2032

/**
 * Cuts a frozen language model head into slices of its vocabulary wherever a program wants of the logits x W^T only what can
 * be put together from slices: log-sum-exp, single elements, and the rows of W averaged by softmax, which is what the
 * gradient consists of. The slices are parts of the file, not copies. So the logits never stand in memory whole, and each
 * slice is read while it is in the cache (the idea of Wijmans et al. 2024, https://arxiv.org/abs/2411.09009).
 */
export function chunkVocabulary<Name extends string>(outputs: Outputs<Name>): Record<Name, Value> {
  const readers = readersOf(outputs)
  const counts = readerCounts(outputs)
  const replaced = new Set<Value>()
  for (const [logits, readBy] of readers) {
    if (!isHead(logits) || readBy.length !== counts.get(logits)) continue
    const consumers = readBy.map((reader) => consumersOf(reader, readers, counts))
    if (consumers.every((known) => known !== undefined)) for (const each of consumers.flat()) replaced.add(each)
  }
  if (replaced.size === 0) return { ...outputs }
  return rewrite(outputs, (value, before) => (replaced.has(before) ? inSlices(value) : undefined))
}

/** x W^T of a frozen W with a large vocabulary. */
const isHead = ({ operation, sources, shape }: Value): boolean =>
  operation.op === 'Gemm' &&
  !operation.transA &&
  operation.transB &&
  operation.alpha === 1 &&
  sources.length === 2 &&
  sources[1]?.operation.op === 'Weight' &&
  (shape[1] as number) >= 2 * chunkColumns

/** The values to replace for one reader of the logits; undefined where that reader needs them whole. */
function consumersOf(
  reader: Value,
  readers: ReadonlyMap<Value, readonly Value[]>,
  counts: ReadonlyMap<Value, number>,
): readonly Value[] | undefined {
  const { operation, shape } = reader
  if (operation.op === 'LogSumExp') return [reader]
  if (operation.op === 'GatherElements') return operation.axis === 1 && shape[1] === 1 ? [reader] : undefined
  if (operation.op !== 'Softmax') return undefined
  const products = readers.get(reader) ?? []
  const head = (reader.sources[0] as Value).sources[1]
  const averages = products.every(
    ({ operation, sources }) =>
      operation.op === 'Gemm' &&
      !operation.transA &&
      !operation.transB &&
      operation.alpha === 1 &&
      sources.length === 2 &&
      sources[1] === head,
  )
  return averages && products.length === counts.get(reader) ? products : undefined
}

function readersOf(outputs: Outputs): Map<Value, Value[]> {
  const readers = new Map<Value, Value[]>()
  for (const value of topologicalOrder(Object.values(outputs)))
    for (const source of value.sources) readers.set(source, [...(readers.get(source) ?? []), value])
  return readers
}

/** The same value from slices of the logits. */
function inSlices({ operation, sources }: Value): Value {
  const [first, second] = sources as [Value, Value]
  const logits = operation.op === 'Gemm' ? (first.sources[0] as Value) : first
  const [x, head] = logits.sources as [Value, Value]
  if (operation.op === 'GatherElements')
    return reduceSum(mul(x, gather(head, reshape(second, [second.shape[0] as number]))), [-1])
  // Both from the first slice to the last, so that none has to wait, in memory, for the sum over all.
  const slices = slicesOf(head).map((rows) => {
    const part = gemm(x, rows, { transB: true })
    return { rows, part, sum: logSumExp(part) }
  })
  const [first_, ...rest] = slices as [(typeof slices)[0], ...typeof slices]
  let sum = first_.sum
  let average = gemm(softmax(first_.part), first_.rows)
  for (const { rows, part, sum: own } of rest) {
    const next = logSumExp(concat([sum, own], -1))
    const older = mul(average, exp(sub(sum, next)))
    average = add(older, mul(gemm(softmax(part), rows), exp(sub(own, next))))
    sum = next
  }
  return operation.op === 'LogSumExp' ? sum : average
}

/** The rows of a head, a slice for each part of the vocabulary. */
function slicesOf({ operation, shape }: Value): Value[] {
  if (operation.op !== 'Weight') return []
  const { name, data } = operation
  const [rows, columns] = shape as [number, number]
  const bytes = columns * Float32Array.BYTES_PER_ELEMENT
  const slices: Value[] = []
  for (let start = 0; start < rows; start += chunkColumns) {
    const count = Math.min(chunkColumns, rows - start)
    const slice = { ...data, offset: data.offset + start * bytes, length: count * bytes }
    slices.push(weight(`${name}[${start}:${start + count}]`, [count, columns], slice))
  }
  return slices
}
