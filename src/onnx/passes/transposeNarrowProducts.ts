import { reshape, transpose } from '../graph/primitives/movement.js'
import { gemm } from '../graph/primitives/products.js'
import { type Outputs, rewrite } from '../graph/rewrite.js'
import type { Value } from '../graph/Value.js'

/** Products with at most this many columns are transposed, if they have more rows than this. */
const narrow = 64

/**
 * Computes A^T B with few columns as (B^T A)^T: ONNX Runtime's products with few rows take half the time of those with few
 * columns, and transposing the small result costs almost nothing. Gradients of an adapter's B are such products.
 */
export const transposeNarrowProducts = <Name extends string>(outputs: Outputs<Name>): Record<Name, Value> =>
  rewrite(outputs, ({ operation, sources, shape: [rows, columns] }) => {
    if (operation.op !== 'Gemm' || !operation.transA || operation.transB || sources.length !== 2) return undefined
    if ((columns as number) > narrow || (rows as number) <= narrow) return undefined
    const [a, b] = sources as [Value, Value]
    const [n, m] = [columns as number, rows as number]
    // The extra axis keeps ONNX Runtime from folding the transpose into the product, which would undo this pass.
    return reshape(transpose(reshape(gemm(b, a, operation), [1, n, m]), [0, 2, 1]), [m, n])
  })
