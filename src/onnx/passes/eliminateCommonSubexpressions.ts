import { type Outputs, rewrite } from '../graph/rewrite.js'
import { type Value, weightKey } from '../graph/Value.js'

/** Merges equal values, so that a pass which compares values by identity sees what a serialized program computes once. */
export function eliminateCommonSubexpressions<Name extends string>(outputs: Outputs<Name>): Record<Name, Value> {
  const known = new Map<string, Value>()
  const numbers = new Map<Value, number>()
  return rewrite(outputs, (value) => {
    const { operation, sources, type, shape } = value
    // Only small constants, such as scalars, are compared.
    const large = operation.op === 'Constant' && operation.data.length > 16
    const content =
      operation.op === 'Constant'
        ? large
          ? numbers.size
          : `${type} ${operation.data.join()}`
        : operation.op === 'Weight'
          ? weightKey(operation)
          : JSON.stringify(operation)
    const key = `${content}(${sources.map((source) => numbers.get(source)).join()})${shape.join()}`
    const equal = known.get(key) ?? value
    known.set(key, equal)
    numbers.set(value, numbers.get(equal) ?? numbers.size)
    return equal
  })
}
