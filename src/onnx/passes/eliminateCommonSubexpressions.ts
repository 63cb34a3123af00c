import { type Outputs, rewrite } from '../graph/rewrite.js'
import { type Value, weightKey } from '../graph/Value.js'

/** Makes one value of those that a serialised program would compute once. */
export function eliminateCommonSubexpressions<Name extends string>(outputs: Outputs<Name>): Record<Name, Value> {
  const known = new Map<string, Value>()
  const numbers = new Map<Value, number>()
  return rewrite(outputs, (value) => {
    const { operation, sources, type, shape } = value
    // Equal constants are joined when they are small, as scalars are.
    const large = operation.op === 'Constant' && operation.data.length > 16
    const what =
      operation.op === 'Constant'
        ? large
          ? numbers.size
          : `${type} ${operation.data.join()}`
        : operation.op === 'Weight'
          ? weightKey(operation)
          : JSON.stringify(operation)
    const key = `${what}(${sources.map((source) => numbers.get(source)).join()})${shape.join()}`
    const equal = known.get(key) ?? value
    known.set(key, equal)
    numbers.set(value, numbers.get(equal) ?? numbers.size)
    return equal
  })
}
