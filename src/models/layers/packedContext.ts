import { causalMask, scale as scaled } from '../../onnx/graph/composites.js'
import { add, input, mul, reshape, sub } from '../../onnx/graph/primitives.js'
import { causalAttention, once } from './attention.js'
import type { ForwardContext } from './ForwardContext.js'
import { rotation } from './rope.js'

/**
 * Rows that each hold several documents, one after the other, which do not see each other. Fed
 * - `ids`, int32 [batch * length],
 * - `tokenPositions`, int32 [batch * length]: the place of each token in its document, from 0,
 * - `segments`, float32 [batch, length]: the number of each token's document in its row; padding has a number of its own.
 */
export function packedContext({ batch, length }: { readonly batch: number; readonly length: number }): ForwardContext {
  const positions = input('tokenPositions', 'int32', [batch * length])
  const segments = input('segments', 'float32', [batch, length])
  // Far below zero wherever the numbers differ: squares of whole numbers other than 0 are 1 or more.
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
