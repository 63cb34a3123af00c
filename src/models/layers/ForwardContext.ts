import type { Value } from '../../onnx/graph/Value.js'
import type { EmbeddingModule, Layers } from './Linear.js'
import type { Rope } from './ropeConfig.js'

/** Options of one attention layer. */
export interface Attention {
  /** Index of the layer, under which its keys and values are cached. */
  readonly layer: number
  /** The factor of query-key products. */
  readonly scale: number
  /** How many tokens a token attends to, itself included; by default itself and all before it. */
  readonly window?: number | undefined
}

/**
 * The context of one forward pass: its tokens, their positions, and which tokens attend to which. An architecture does not
 * know whether a row is one sequence ({@link causalContext}), several packed documents ({@link packedContext}), or the
 * continuation of a text in a KV cache ({@link cachedContext}).
 */
export interface ForwardContext {
  /** Token ids, int32 [batch * length], sequence after sequence. */
  readonly ids: Value
  readonly batch: number
  readonly length: number
  /** Position of each token in its document, int32 [batch * length], for learned position embeddings. */
  readonly positions: Value
  /**
   * Builds a function that applies rotary position embedding to queries or keys [batch, heads, length, headSize]. Call it
   * once for all layers.
   */
  rotary(rope: Rope): (x: Value) => Value
  /**
   * Scaled dot-product attention (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762) with grouped query heads
   * (Ainslie et al. 2023, https://arxiv.org/abs/2305.13245): query [batch, heads, length, headSize], key and value
   * [batch, keyValueHeads, length, headSize] -> [batch, heads, length, headSize].
   */
  attend(query: Value, key: Value, value: Value, attention: Attention): Value
  /** Changes the token embeddings, [batch * length, hidden], for example by adding noise. */
  embedded?(embeddings: Value): Value
}

/**
 * The embeddings of the tokens of a forward pass, [batch * length, hidden].
 *
 * @param scale applied to the looked-up rows if the model's embedding layer scales them
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
