import { causalMask } from '../../onnx/graph/composites.js'
import { constant, input } from '../../onnx/graph/primitives.js'
import { causalAttention, once } from './attention.js'
import type { ForwardContext } from './ForwardContext.js'
import { rotation } from './rope.js'

/**
 * Whole sequences from their first token on; fed `ids`, int32 [batch * length]. Sequences are padded on the right: with a
 * causal mask no token ever attends to padding, so ids alone decide nothing.
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
