import { causalMask, scale as scaled } from '../../onnx/graph/composites.js'
import { add, mul, sub } from '../../onnx/graph/primitives/elementwise.js'
import { input } from '../../onnx/graph/primitives/inputs.js'
import { reshape } from '../../onnx/graph/primitives/movement.js'
import { causalAttention, once } from './attention.js'
import type { ForwardContext } from './ForwardContext.js'
import { rotation } from './rope.js'

/**
 * A forward pass over packed rows: each row holds several documents, which do not attend to each other. Its inputs are
 * - `ids`, int32 [batch * length],
 * - `tokenPositions`, int32 [batch * length]: the position of each token in its document, from 0,
 * - `segments`, float32 [batch, length]: the number of each token's document in its row; padding has a number of its own.
 */
export function packedContext({ batch, length }: { readonly batch: number; readonly length: number }): ForwardContext {
  const positions = input('tokenPositions', 'int32', [batch * length])
  const segments = input('segments', 'float32', [batch, length])
  // The square of the difference is 0 within a document and at least 1 across documents.
  const apart = sub(reshape(segments, [batch, 1, length, 1]), reshape(segments, [batch, 1, 1, length]))
  const borders = scaled(mul(apart, apart), -1e9)
  const mask = once((window: number | undefined) => add(borders, causalMask(length, window)))
  return {
    ids: input('ids', 'int32', [batch * length]),
    batch,
    length,
    positions,
    rotary: (rope) => rotation(rope, length, positions),
    attend: (query, key, value, { scale, window }) => causalAttention(query, key, value, mask(window), scale),
  }
}
