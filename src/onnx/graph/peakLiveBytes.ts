import { sizeOf, type Value } from './Value.js'

const bitsPerElement = { float32: 32, float64: 64, int32: 32, int64: 64, bool: 8, int8: 8, uint8: 8, int4: 4 } as const
const bytesOf = ({ shape, type }: Value): number => (sizeOf(shape) * bitsPerElement[type]) / 8

/** Whether a value takes no memory of its own: a reshape aliases its source; inputs, weights and constants exist before. */
export const isFree = ({ operation }: Value): boolean =>
  ['Input', 'Constant', 'Weight', 'Reshape', 'SecondResult'].includes(operation.op)

/** Operators that may run in place: they overwrite a source of the same size at its last use. */
export const inPlace: ReadonlySet<string> = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Neg',
  'Exp',
  'Sqrt',
  'Sigmoid',
  'Softmax',
])

/** The peak of live bytes, with each result freed after its last use, and the index in the order where it occurs. */
export function peakLiveBytes(order: readonly Value[]): { readonly bytes: number; readonly place: number } {
  const memory = new Map<Value, Value>()
  const lastRead = new Map<Value, number>()
  for (const [i, value] of order.entries()) {
    const reshaped = value.operation.op === 'Reshape' ? (value.sources[0] as Value) : value
    memory.set(value, memory.get(reshaped) ?? reshaped)
    for (const source of value.sources) lastRead.set(memory.get(source) as Value, i)
  }
  let live = 0
  let peak = { bytes: 0, place: 0 }
  for (const [i, value] of order.entries()) {
    const dying = [...new Set(value.sources.map((source) => memory.get(source) as Value))].filter(
      (source) => lastRead.get(source) === i && !isFree(source),
    )
    const freed = dying.reduce((sum, source) => sum + bytesOf(source), 0)
    if (!isFree(value)) {
      const reused = inPlace.has(value.operation.op) && dying.some((source) => bytesOf(source) === bytesOf(value))
      const bytes = live + (reused ? 0 : bytesOf(value))
      if (bytes > peak.bytes) peak = { bytes, place: i }
      live += bytesOf(value)
    }
    live -= freed
  }
  return peak
}
