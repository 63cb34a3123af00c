import { executionOrder } from '../graph/executionOrder.js'
import { inPlace } from '../graph/peakLiveBytes.js'
import { sameShape, type Value } from '../graph/Value.js'

/**
 * Names the storage of every result; a result that can be computed in place has the name of its source.
 *
 * When it loads a program, ONNX Runtime assigns the memory of a dead result to a later one, by equal shape alone, and holds
 * that memory from the last use of one to the creation of the other, even from the first layer of the forward pass to the
 * last of the backward pass. If it does not know the shapes, it frees each result after its last use, but it also no longer
 * recognizes what can be computed in place. Symbolic extents give it both: equal names mean equal extents, and different
 * names never match. Every result gets a name, because one without would inherit the name of a source.
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
    const overwritten = inPlace.has(value.operation.op)
      ? value.sources.find((source) => sameShape(source.shape, value.shape) && dies(source))
      : undefined
    names.set(value, (overwritten && names.get(overwritten)) ?? `m${i}`)
  }
  return names
}
