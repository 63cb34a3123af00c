import { gemm } from '../graph/primitives/products.js'
import { type Outputs, readerCounts, rewrite } from '../graph/rewrite.js'
import { sameShape, type Value } from '../graph/Value.js'

/**
 * Folds a sum with a matrix product that nothing else reads into one Gemm, which saves a pass over memory. The low-rank
 * path of an adapter and the gradients that meet at every adapted layer are such sums.
 */
export function fuseSums<Name extends string>(outputs: Outputs<Name>): Record<Name, Value> {
  const readers = readerCounts(outputs)
  return rewrite(outputs, ({ operation, sources, shape }, before) => {
    if (operation.op !== 'Add') return undefined
    for (const [i, product] of sources.entries()) {
      const other = sources[1 - i] as Value
      if (product.operation.op !== 'Gemm' || readers.get(before.sources[i] as Value) !== 1) continue
      // A Gemm has room for one summand only; broadcast sums stay as they are.
      if (product.sources.length !== 2 || !sameShape(other.shape, shape) || !sameShape(product.shape, shape)) continue
      const [a, b] = product.sources as [Value, Value]
      return gemm(a, b, { ...product.operation, plus: other })
    }
    return undefined
  })
}
