import { add, exp, mul, sub } from '../graph/primitives/elementwise.js'
import { gather } from '../graph/primitives/indexing.js'
import { weight } from '../graph/primitives/inputs.js'
import { concat, reshape } from '../graph/primitives/movement.js'
import { gemm } from '../graph/primitives/products.js'
import { int8Slices } from '../graph/primitives/quantized.js'
import { logSumExp, reduceSum, softmax } from '../graph/primitives/reductions.js'
import { type Outputs, readerCounts, rewrite } from '../graph/rewrite.js'
import { topologicalOrder, type Value } from '../graph/Value.js'
import { exactOf, partsOf, pickedTerms } from './int8Product.js'

/**
 * Columns of logits that are computed at once. 512 rows of them stay in a core's share of the cache between the product
 * that writes them and the product that reads them. It is not a power of two: rows a multiple of 4 KiB apart map to the
 * same few L1 cache sets, which costs the second product a third of its speed.
 */
const chunkColumns = 2032

/**
 * Cuts a frozen language model head into vocabulary slices wherever the logits x W^T are used only in ways that decompose
 * over slices: log-sum-exp, single elements, and softmax(x W^T) W, the term that the gradient needs. The slices are ranges
 * of the file, not copies. The full logits are never in memory, and each slice is read while it is in the cache (the idea
 * of Wijmans et al. 2024, https://arxiv.org/abs/2411.09009).
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

/** Start and end of each vocabulary slice, also for {@link int8Slices}. A small vocabulary is a single slice. */
export function vocabularySlices(rows: number): { readonly start: number; readonly end: number }[] {
  if (rows < 2 * chunkColumns) return [{ start: 0, end: rows }]
  return Array.from({ length: Math.ceil(rows / chunkColumns) }, (_, i) => ({
    start: i * chunkColumns,
    end: Math.min(rows, (i + 1) * chunkColumns),
  }))
}

/** Whether a value is x W^T with a frozen W over a large vocabulary. */
const isHead = ({ operation, sources: [, w], sources, shape }: Value): boolean =>
  operation.op === 'Gemm' &&
  !operation.transA &&
  operation.transB &&
  operation.alpha === 1 &&
  sources.length === 2 &&
  isFrozen(w as Value) &&
  (shape[1] as number) >= 2 * chunkColumns

const isFrozen = (w: Value): boolean =>
  w.operation.op === 'Weight' || (w.operation.op === 'Int8Slices' && exactOf(w).operation.op === 'Weight')

/** The values to replace for one reader of the logits; undefined if that reader needs the full logits. */
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

/** The same value, computed from slices of the logits. */
function inSlices({ operation, sources }: Value): Value {
  const [first, second] = sources as [Value, Value]
  const logits = operation.op === 'Gemm' ? (first.sources[0] as Value) : first
  const [x, head] = logits.sources as [Value, Value]
  if (operation.op === 'GatherElements') {
    const labels = reshape(second, [second.shape[0] as number])
    const inInt8 = head.operation.op === 'Int8Slices'
    return reduceSum(inInt8 ? pickedTerms(x, head, labels) : mul(x, gather(head, labels)), [-1])
  }
  // An online softmax: no slice has to wait in memory for the log-sum-exp over all slices.
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

/** The rows of a head, one value for each vocabulary slice. */
function slicesOf(head: Value): readonly Value[] {
  if (head.operation.op === 'Int8Slices') {
    const parts = partsOf(head)
    return slicesOf(exactOf(head)).map((rows, i) => int8Slices(rows, [parts[i] as Value]))
  }
  if (head.operation.op !== 'Weight') return []
  const { name, data } = head.operation
  const [rows, columns] = head.shape as [number, number]
  const bytes = columns * Float32Array.BYTES_PER_ELEMENT
  return vocabularySlices(rows).map(({ start, end }) => {
    const slice = { ...data, offset: data.offset + start * bytes, length: (end - start) * bytes }
    return weight(`${name}[${start}:${end}]`, [end - start, columns], slice)
  })
}
