import { causalMask } from '../../onnx/graph/composites.js'
import { constant, input } from '../../onnx/graph/primitives/inputs.js'
import { causalAttention, once } from './attention.js'
import type { ForwardContext } from './ForwardContext.js'
import { rotation } from './rope.js'

/**
 * A forward pass over whole sequences, one per row. Its input is `ids`, int32 [batch * length]. Sequences are padded on the
 * right, so with a causal mask no token attends to padding, and no padding mask is needed.
 */
export function causalContext({ batch, length }: { readonly batch: number; readonly length: number }): ForwardContext {
  const mask = once((window: number | undefined) => causalMask(length, window))
  return {
    ids: input('ids', 'int32', [batch * length]),
    batch,
    length,
    positions: constant(
      Int32Array.from({ length: batch * length }, (_, i) => i % length),
      [batch * length],
    ),
    rotary: (rope) => rotation(rope, length),
    attend: (query, key, value, { scale, window }) => causalAttention(query, key, value, mask(window), scale),
  }
}
