import { gemm, reshape, transpose } from '../graph/primitives.js'
import { type Outputs, rewrite } from '../graph/rewrite.js'
import type { Value } from '../graph/Value.js'

/** Products with so few columns are turned, if they have more rows. */
const narrow = 64

/**
 * A^T B with few columns is computed as (B^T A)^T: ONNX Runtime's products with few rows take half the time of those with
 * few columns, and turning the small result costs next to nothing. Gradients of an adapter's B are such products.
 */
export const transposeNarrowProducts = <Name extends string>(outputs: Outputs<Name>): Record<Name, Value> =>
  rewrite(outputs, ({ operation, sources, shape: [rows, columns] }) => {
    if (operation.op !== 'Gemm' || !operation.transA || operation.transB || sources.length !== 2) return undefined
    if ((columns as number) > narrow || (rows as number) <= narrow) return undefined
    const [a, b] = sources as [Value, Value]
    const [n, m] = [columns as number, rows as number]
    // With an axis more: ONNX Runtime takes a plain transpose of a product for a product of transposes, and undoes this.
    return reshape(transpose(reshape(gemm(b, a, operation), [1, n, m]), [0, 2, 1]), [m, n])
  })
