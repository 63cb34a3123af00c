import type { Value } from '../../onnx/graph/Value.js'
import type { ForwardContext } from '../layers/ForwardContext.js'
import type { EmbeddingModule, Layers, LinearModule, Weights } from '../layers/Linear.js'
import type { ModelConfig } from '../layers/ModelConfig.js'

/**
 * A kind of model: the reader of its config.json, and its forward pass. Each architecture is one file in this folder; its
 * own options extend {@link ModelConfig}.
 */
export interface Architecture<Config extends ModelConfig = ModelConfig> {
  /**
   * @throws OL1302 when a field is missing or malformed
   * @throws OL1304 when an option that would change the logits is not implemented
   */
  parseConfig(path: string, raw: unknown): Config
  /** The linear layers that PEFT adapts by default; undefined if PEFT requires `target_modules` for this architecture. */
  readonly defaultTargets: readonly string[] | undefined
  /** Every linear layer of the decoder, in the order of the forward pass. */
  modules(config: Config): LinearModule[]
  /** The token embeddings. */
  embedding(config: Config): EmbeddingModule
  /** The linear layer from hidden states to logits; its weight may be tied to the embeddings. */
  head(config: Config): LinearModule
  /**
   * The decoder up to and including its final norm.
   *
   * @param layers applies {@link embedding} and each of {@link modules}; all other tensors come from `weights`
   * @returns hidden states [batch * length, hiddenSize]
   */
  hidden(config: Config, weights: Weights, layers: Layers, context: ForwardContext): Value
  /**
   * Logits of the next token for chosen hidden states: [rows, hiddenSize] -> [rows, vocabSize].
   *
   * @param layers applies the {@link head}
   */
  logits(config: Config, layers: Layers, hidden: Value): Value
}
