import { executionOrder } from '../graph/executionOrder.js'
import { inPlace } from '../graph/peakLiveBytes.js'
import { sameShape, type Value } from '../graph/Value.js'

/**
 * Names the memory of every result; one that can be written over its source has the source's name.
 *
 * While it loads a program, ONNX Runtime decides which dead result's memory each new one takes over, by equal shapes alone,
 * and holds that memory from the death to the birth, be it from the first layer of the forward pass to the last of the
 * backward pass. In a program whose shapes it cannot foresee it frees each result where it dies, but no longer sees either
 * what can be written over its source. Names instead of numbers for the extents tell it both: equal names are equal extents,
 * different ones are no match. Every result has one, since without it would inherit that of a source.
 */
export function storageNames(outputs: readonly Value[]): Map<Value, string> {
  const order = executionOrder(outputs)
  const memory = new Map<Value, Value>()
  const lastRead = new Map<Value, number>()
  for (const [i, value] of order.entries()) {
    const isReshape = value.operation.op === 'Reshape'
    memory.set(value, isReshape ? (memory.get(value.sources[0] as Value) as Value) : value)
    for (const source of value.sources) lastRead.set(memory.get(source) as Value, i)
  }
  const names = new Map<Value, string>()
  for (const [i, value] of order.entries()) {
    const dies = (source: Value): boolean => lastRead.get(memory.get(source) as Value) === i
    const over = inPlace.has(value.operation.op)
      ? value.sources.find((source) => sameShape(source.shape, value.shape) && dies(source))
      : undefined
    names.set(value, (over && names.get(over)) ?? `m${i}`)
  }
  return names
}
