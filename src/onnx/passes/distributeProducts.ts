import { add, mul } from '../graph/primitives/elementwise.js'
import { gather } from '../graph/primitives/indexing.js'
import { reshape } from '../graph/primitives/movement.js'
import { gemm } from '../graph/primitives/products.js'
import { type Outputs, rewrite } from '../graph/rewrite.js'
import type { Value } from '../graph/Value.js'

/**
 * Moves cheap work from the wide side of a matrix product to its narrow side: (s * a) b = s * (a b) for one factor s per
 * row, and (a + e) b = a b + u * b[i] where e has one element u in each row, at column i. The gradient of cross-entropy
 * over a vocabulary has this form, (d * softmax - d at the label) W; once distributed, it makes no pass over the logits.
 */
export const distributeProducts = <Name extends string>(outputs: Outputs<Name>): Record<Name, Value> =>
  rewrite(outputs, distribute)

function distribute(value: Value): Value | undefined {
  const { operation, sources } = value
  if (operation.op !== 'Gemm' || operation.transA || operation.transB || sources.length !== 2) return undefined
  const [a, b] = sources as [Value, Value]
  const [rows, columns] = a.shape as [number, number]
  // The work shrinks only if the product is narrower than its left operand.
  if ((b.shape[1] as number) >= columns) return undefined
  if (a.operation.op === 'Mul')
    for (const [i, factor] of a.sources.entries()) {
      const other = a.sources[1 - i] as Value
      if (factor.shape.length !== 2 || factor.shape[0] !== rows || factor.shape[1] !== 1) continue
      if (other.shape[1] !== columns) continue
      const product = gemm(other, b, operation)
      return mul(distribute(product) ?? product, factor)
    }
  if (a.operation.op === 'Add')
    for (const [i, scattered] of a.sources.entries()) {
      const other = a.sources[1 - i] as Value
      const rest = operation.alpha === 1 && pickedRows(scattered, b)
      if (!rest) continue
      const product = gemm(other, b)
      return add(distribute(product) ?? product, rest)
    }
  return undefined
}

/** e b for an e with one element per row: the gathered rows of b, each times its element. */
function pickedRows({ operation, sources }: Value, b: Value): Value | undefined {
  const [onto, indices, updates] = sources as [Value, Value, Value]
  if (operation.op !== 'ScatterElements' || operation.axis !== 1) return undefined
  if (!isZero(onto) || indices.shape[1] !== 1) return undefined
  return mul(gather(b, reshape(indices, [indices.shape[0] as number])), updates)
}

const isZero = ({ operation, sources }: Value): boolean => {
  if (operation.op === 'Expand') return isZero(sources[0] as Value)
  return operation.op === 'Constant' && operation.data.length === 1 && Number(operation.data[0]) === 0
}
