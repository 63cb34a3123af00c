import { topologicalOrder, type Value } from './Value.js'

/**
 * The order in which ONNX Runtime runs a serialized program. It is not the order of the file: ONNX Runtime walks from the
 * last result back to its operands and visits the operand that comes last in the file first (`Graph::ReverseDFSFrom` with
 * `NodeCompare` in ONNX Runtime 1.30, checked against its profiles). Operators that it fuses may move.
 *
 * @returns inputs, constants and weights first
 */
export function executionOrder(outputs: readonly Value[]): Value[] {
  const file = topologicalOrder(outputs)
  const place = new Map(file.map((value, i) => [value, i]))
  const order = file.filter(({ sources }) => sources.length === 0)
  const state = new Map<Value, 'open' | 'done'>(order.map((value) => [value, 'done']))
  // The operator computes its second result together with the first.
  const secondOf = new Map(
    file.flatMap((value) => (value.operation.op === 'SecondResult' ? [[value.sources[0] as Value, value]] : [])),
  )
  const stack = [...outputs]
  while (stack.length > 0) {
    const value = stack[stack.length - 1] as Value
    const known = state.get(value)
    if (known === undefined) {
      state.set(value, 'open')
      const open = value.sources.filter((source) => !state.has(source))
      stack.push(...open.sort((a, b) => (place.get(a) as number) - (place.get(b) as number)))
      continue
    }
    stack.pop()
    if (known === 'open') {
      const second = secondOf.get(value)
      for (const made of second ? [value, second] : [value]) {
        if (state.get(made) !== 'done') order.push(made)
        state.set(made, 'done')
      }
    }
  }
  return order
}
