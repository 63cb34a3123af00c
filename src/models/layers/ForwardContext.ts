import type { Value } from '../../onnx/graph/Value.js'
import type { EmbeddingModule, Layers } from './Linear.js'
import type { Rope } from './ropeConfig.js'

/** One attention layer: whose keys and values these are, and what a token sees. */
export interface Attention {
  readonly layer: number
  /** What the products of queries and keys are multiplied by. */
  readonly scale: number
  /** How many tokens a token sees, itself among them; all before it unless given. */
  readonly window?: number | undefined
}

/**
 * The tokens of a forward pass, and which of them see each other. An architecture does not know whether it trains on
 * sequences ({@link causalContext}), on several documents in a row ({@link packedContext}) or continues a text whose
 * keys and values are kept ({@link cachedContext}).
 */
export interface ForwardContext {
  /** int32 [batch * length], sequences one after the other. */
  readonly ids: Value
  readonly batch: number
  readonly length: number
  /** The place of each token in its document, int32 [batch * length]: for learned position embeddings. */
  readonly positions: Value
  /** Turns queries or keys [batch, heads, length, headSize] by their positions; made once, used in every layer. */
  rotary(rope: Rope): (x: Value) => Value
  /**
   * Scaled dot-product attention (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762) with grouped query heads
   * (Ainslie et al. 2023, https://arxiv.org/abs/2305.13245): query [batch, heads, length, headSize], key and value
   * [batch, keyValueHeads, length, headSize] -> [batch, heads, length, headSize].
   */
  attend(query: Value, key: Value, value: Value, attention: Attention): Value
  /** Changes what the embedding layer gives, [batch * length, hidden]; nothing does unless given. */
  embedded?(embeddings: Value): Value
}

/**
 * What a model's embedding layer gives for its tokens, [batch * length, hidden].
 *
 * @param scale changes what is looked up, where the layer itself does so
 */
export function embed(
  { embed }: Layers,
  context: ForwardContext,
  module: EmbeddingModule,
  scale: (x: Value) => Value = (x) => x,
): Value {
  const embeddings = scale(embed(context.ids, module))
  return context.embedded?.(embeddings) ?? embeddings
}
