import { input } from '../../onnx/graph/primitives/inputs.js'
import { concat } from '../../onnx/graph/primitives/movement.js'
import type { Value } from '../../onnx/graph/Value.js'
import type { Feeds } from '../../onnx/runtime/Program.js'
import { maskedAttention, once } from '../layers/attention.js'
import type { ForwardContext } from '../layers/ForwardContext.js'
import type { ModelConfig } from '../layers/ModelConfig.js'
import { rotation } from '../layers/rope.js'

/** The static shape of a program with a KV cache. */
export interface CacheShape {
  readonly batch: number
  /** New tokens per sequence, padding included: many for prefill, one for decoding. */
  readonly length: number
  /** Capacity for earlier tokens per sequence; 0 if all tokens are new. */
  readonly capacity: number
}

export interface CachedContext extends ForwardContext {
  /**
   * The keys and values of the new tokens, `key.0`, `value.0`, `key.1`, ..., each [batch, keyValueHeads, length, headSize].
   * They are outputs of the program, for the caller to append to its cache. The record is complete after the forward pass is
   * built.
   */
  readonly newKeysAndValues: Readonly<Record<string, Value>>
}

const maskName = (window: number | undefined): string => (window === undefined ? 'mask' : `mask.${window}`)

/**
 * A forward pass that continues sequences with a KV cache. Its inputs are {@link cachedFeeds} and, if the capacity is not 0,
 * `past.key.0`, `past.value.0`, ..., each [batch, keyValueHeads, capacity, headSize], with the earlier tokens first. The
 * padding after them is masked, but must be finite.
 */
export function cachedContext({ batch, length, capacity }: CacheShape): CachedContext {
  const positions = input('tokenPositions', 'int32', [batch * length])
  const mask = once((window: number | undefined) =>
    input(maskName(window), 'float32', [batch, 1, length, capacity + length]),
  )
  const newKeysAndValues: Record<string, Value> = {}
  const withPast = (side: 'key' | 'value', layer: number, added: Value): Value => {
    newKeysAndValues[`${side}.${layer}`] = added
    if (capacity === 0) return added
    const [, heads, , size] = added.shape as [number, number, number, number]
    return concat([input(`past.${side}.${layer}`, 'float32', [batch, heads, capacity, size]), added], 2)
  }
  return {
    ids: input('ids', 'int32', [batch * length]),
    batch,
    length,
    positions,
    newKeysAndValues,
    rotary: (rope) => rotation(rope, capacity + length, positions, 0),
    attend: (query, key, value, { layer, scale, window }) =>
      maskedAttention(query, withPast('key', layer, key), withPast('value', layer, value), mask(window), scale),
  }
}

/**
 * The feeds of {@link cachedContext}: the new tokens of each sequence, their positions and their attention masks.
 *
 * @param past number of earlier tokens of each sequence
 */
export function cachedFeeds(
  { windows }: ModelConfig,
  { batch, length, capacity }: CacheShape,
  sequences: readonly (readonly number[])[],
  past: readonly number[],
): Feeds {
  const ids = new Int32Array(batch * length)
  const tokenPositions = new Int32Array(batch * length)
  for (const [row, sequence] of sequences.entries()) {
    ids.set(sequence, row * length)
    // Padding has the position of the last token, because later positions may have no embedding.
    for (let t = 0; t < length; t++)
      tokenPositions[row * length + t] = (past[row] as number) + Math.min(t, sequence.length - 1)
  }
  const masks = [...new Set(windows)].map((window) => {
    const keys = capacity + length
    const mask = new Float32Array(batch * length * keys).fill(-1e9)
    for (let row = 0; row < batch; row++) {
      const before = past[row] ?? 0
      for (let t = 0; t < length; t++) {
        const start = (row * length + t) * keys
        // Key j of the cache has position j, and key capacity + s has position before + s.
        const first = window === undefined ? 0 : Math.max(0, before + t - window + 1)
        mask.fill(0, start + Math.min(first, before), start + before)
        mask.fill(0, start + capacity + Math.max(0, first - before), start + capacity + t + 1)
      }
    }
    return [maskName(window), mask] as const
  })
  return { ids, tokenPositions, ...Object.fromEntries(masks) }
}
