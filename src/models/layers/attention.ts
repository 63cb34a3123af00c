import { scale as scaled } from '../../onnx/graph/composites.js'
import { add } from '../../onnx/graph/primitives/elementwise.js'
import { concat, reshape, slice, transpose } from '../../onnx/graph/primitives/movement.js'
import { matMul } from '../../onnx/graph/primitives/products.js'
import { softmax } from '../../onnx/graph/primitives/reductions.js'
import type { Value } from '../../onnx/graph/Value.js'
import type { ForwardContext } from './ForwardContext.js'

/** [batch * length, heads * headSize] -> [batch, heads, length, headSize]. */
export function splitHeads(x: Value, { batch, length }: ForwardContext, heads: number): Value {
  const size = (x.shape[1] as number) / heads
  return transpose(reshape(x, [batch, length, heads, size]), [0, 2, 1, 3])
}

/** [batch, heads, length, headSize] -> [batch * length, heads * headSize]. */
export function joinHeads(x: Value): Value {
  const [batch, heads, length, size] = x.shape as [number, number, number, number]
  return reshape(transpose(x, [0, 2, 1, 3]), [batch * length, heads * size])
}

/**
 * softmax(scale * query key^T + mask) value: query [B, H, T, D], key and value [B, K, S, D] -> [B, H, T, D].
 * The H / K query heads that share a key head become rows of one product, so keys and values are never repeated.
 *
 * @param mask broadcasts to [B, H, T, S]
 */
export function maskedAttention(query: Value, key: Value, value: Value, mask: Value, scale: number): Value {
  const [B, H, T, D] = query.shape as [number, number, number, number]
  const [, K, S] = key.shape as [number, number, number]
  const grouped = reshape(query, [B, K, (H / K) * T, D])
  const scores = reshape(scaled(matMul(grouped, transpose(key, [0, 1, 3, 2])), scale), [B, H, T, S])
  const attention = reshape(softmax(add(scores, mask)), [B, K, (H / K) * T, S])
  return reshape(matMul(attention, value), [B, H, T, D])
}

/** Queries are cut into blocks of at least `rows`. More than four blocks save little, and each adds operators. */
const blocks = { rows: 64, atMost: 4 }

/**
 * Causal {@link maskedAttention} within the same tokens. A block of queries needs no key after its end, so computing block
 * by block skips most of the masked products.
 *
 * @param mask broadcasts to [B, H, T, T]; hides key s from query t wherever s > t
 */
export function causalAttention(query: Value, key: Value, value: Value, mask: Value, scale: number): Value {
  const length = query.shape[2] as number
  const count = Math.min(blocks.atMost, Math.floor(length / blocks.rows))
  if (count < 2) return maskedAttention(query, key, value, mask, scale)
  const parts = Array.from({ length: count }, (_, block) => {
    const [start, end] = [block, block + 1].map((i) => Math.round((i * length) / count)) as [number, number]
    const [keys, values] = [slice(key, 2, 0, end), slice(value, 2, 0, end)]
    const seen = slice(slice(mask, -2, start, end), -1, 0, end)
    return maskedAttention(slice(query, 2, start, end), keys, values, seen, scale)
  })
  return concat(parts as [Value, ...Value[]], 2)
}

/** Memoizes a function, so that all layers of a program share what it builds for a key. */
export function once<Key, Built>(build: (key: Key) => Built): (key: Key) => Built {
  const known = new Map<Key, Built>()
  return (key) => {
    const built = known.get(key) ?? build(key)
    known.set(key, built)
    return built
  }
}
