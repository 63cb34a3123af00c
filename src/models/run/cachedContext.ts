import { concat, input } from '../../onnx/graph/primitives.js'
import type { Value } from '../../onnx/graph/Value.js'
import type { Feeds } from '../../onnx/runtime/Program.js'
import { maskedAttention, once } from '../layers/attention.js'
import type { ForwardContext } from '../layers/ForwardContext.js'
import type { ModelConfig } from '../layers/ModelConfig.js'
import { rotation } from '../layers/rope.js'

/** The static shape of a program that continues sequences. */
export interface CacheShape {
  readonly batch: number
  /** New tokens of each sequence, padding included: many to read a prompt, one to add a token. */
  readonly length: number
  /** Earlier tokens of each sequence that there is room for; 0 where all tokens are new. */
  readonly capacity: number
}

export interface CachedContext extends ForwardContext {
  /**
   * The keys and values of the new tokens, `key.0`, `value.0`, `key.1`, ..., each [batch, keyValueHeads, length, headSize]:
   * outputs of the program, to be put behind the earlier ones. Whole once the forward pass is built.
   */
  readonly newKeysAndValues: Readonly<Record<string, Value>>
}

const maskName = (window: number | undefined): string => (window === undefined ? 'mask' : `mask.${window}`)

/**
 * Sequences continued: the keys and values of their earlier tokens come from outside. Fed {@link cachedFeeds} and, where
 * the capacity is not 0, `past.key.0`, `past.value.0`, ..., each [batch, keyValueHeads, capacity, headSize], the earlier
 * tokens first; what stands behind them is never seen, but must be finite.
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
 * The new tokens of each sequence and what they see, as feeds of a program over {@link cachedContext}.
 *
 * @param past how many earlier tokens each sequence has
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
    // Padding stands at the place of the last token: past it there may be no position embedding.
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
        // Key j of the earlier tokens stands at position j, key capacity + s at position before + s.
        const first = window === undefined ? 0 : Math.max(0, before + t - window + 1)
        mask.fill(0, start + Math.min(first, before), start + before)
        mask.fill(0, start + capacity + Math.max(0, first - before), start + capacity + t + 1)
      }
    }
    return [maskName(window), mask] as const
  })
  return { ids, tokenPositions, ...Object.fromEntries(masks) }
}
