import { mul } from '../graph/primitives/elementwise.js'
import { reshape } from '../graph/primitives/movement.js'
import { reduceSum } from '../graph/primitives/reductions.js'
import { type Outputs, rewrite } from '../graph/rewrite.js'
import { sameShape, type Value } from '../graph/Value.js'

/**
 * The sum over s of (g v^T)[t, s] p[t, s] equals the sum over j of g[t, j] (p v)[t, j]. Where p v is computed anyway, the
 * wide matrices need not be multiplied and summed: the gradient of attention takes each row's sum from the attention
 * output, as in FlashAttention (Dao et al. 2022, https://arxiv.org/abs/2205.14135, appendix B.4).
 */
export function reuseProducts<Name extends string>(outputs: Outputs<Name>): Record<Name, Value> {
  /** The products p v, keyed by p. */
  const products = new Map<Value, Value[]>()
  return rewrite(outputs, (value) => {
    if (value.operation.op === 'MatMul') {
      const p = unshaped(value.sources[0] as Value)
      products.set(p, [...(products.get(p) ?? []), value])
    }
    return rowSum(value, products)
  })
}

function rowSum({ operation, sources, shape }: Value, products: ReadonlyMap<Value, readonly Value[]>) {
  const [product] = sources as [Value]
  if (operation.op !== 'ReduceSum' || product.operation.op !== 'Mul') return undefined
  if (operation.axes.length !== 1 || operation.axes[0] !== shape.length - 1) return undefined
  for (const [i, p] of product.sources.entries()) {
    const wide = unshaped(product.sources[1 - i] as Value)
    const [g, transposed] = wide.sources as [Value, Value]
    if (wide.operation.op !== 'MatMul' || !isMatrixTranspose(transposed)) continue
    if (!sameShape(p.shape, product.shape) || wide.shape.at(-1) !== p.shape.at(-1)) continue
    const narrow = products
      .get(unshaped(p))
      ?.find(({ sources: [, v], shape: rows }) => v === transposed.sources[0] && sameShape(rows, g.shape))
    if (narrow) return reshape(reduceSum(mul(g, narrow), [-1]), shape)
  }
  return undefined
}

/** The value under any number of reshapes. */
const unshaped = (value: Value): Value =>
  value.operation.op === 'Reshape' ? unshaped(value.sources[0] as Value) : value

function isMatrixTranspose({ operation, shape }: Value): boolean {
  if (operation.op !== 'Transpose') return false
  const last = shape.length - 1
  return operation.permutation.every((from, to) => from === (to < last - 1 ? to : to === last ? last - 1 : last))
}
