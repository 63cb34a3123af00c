import { gemm } from '../graph/primitives/products.js'
import { type Outputs, readerCounts, rewrite } from '../graph/rewrite.js'
import type { Value } from '../graph/Value.js'

/** Folds a scalar factor into the `alpha` of the Gemm that it multiplies, where it is free, if nothing else reads that product. */
export function fuseFactors<Name extends string>(outputs: Outputs<Name>): Record<Name, Value> {
  const readers = readerCounts(outputs)
  return rewrite(outputs, ({ operation, sources }, before) => {
    if (operation.op !== 'Mul') return undefined
    for (const [i, product] of sources.entries()) {
      const factor = numberOf(sources[1 - i] as Value)
      if (factor === undefined || product.operation.op !== 'Gemm' || product.sources.length !== 2) continue
      if (readers.get(before.sources[i] as Value) !== 1) continue
      const [a, b] = product.sources as [Value, Value]
      return gemm(a, b, { ...product.operation, alpha: factor * product.operation.alpha })
    }
    return undefined
  })
}

const numberOf = ({ operation, type, shape }: Value): number | undefined =>
  operation.op === 'Constant' && type === 'float32' && shape.length === 0 ? Number(operation.data[0]) : undefined
