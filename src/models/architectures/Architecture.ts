import type { Value } from '../../onnx/graph/Value.js'
import type { ForwardContext } from '../layers/ForwardContext.js'
import type { EmbeddingModule, Layers, LinearModule, Weights } from '../layers/Linear.js'
import type { ModelConfig } from '../layers/ModelConfig.js'

/**
 * A kind of model: how its config.json is read, and its forward pass. One file each under `architectures/`; an
 * architecture's own numbers extend {@link ModelConfig}.
 */
export interface Architecture<Config extends ModelConfig = ModelConfig> {
  /**
   * @throws OL1302 when a field is missing or malformed
   * @throws OL1304 when an option would change the numbers and is not implemented
   */
  parseConfig(path: string, raw: unknown): Config
  /** The linear layers that PEFT adapts where an adapter does not say which; undefined where it insists on being told. */
  readonly defaultTargets: readonly string[] | undefined
  /** Every linear layer of the decoder, in the order in which the forward pass meets them. */
  modules(config: Config): LinearModule[]
  /** The token embeddings. */
  embedding(config: Config): EmbeddingModule
  /** The linear layer that makes logits of hidden states; its weight may be that of the embeddings. */
  head(config: Config): LinearModule
  /**
   * The decoder up to its last normalisation.
   *
   * @param layers apply {@link embedding} and each of {@link modules}; everything else is taken from `weights`
   * @returns hidden states [batch * length, hiddenSize]
   */
  hidden(config: Config, weights: Weights, layers: Layers, context: ForwardContext): Value
  /**
   * Logits of the next token for chosen hidden states: [rows, hiddenSize] -> [rows, vocabSize].
   *
   * @param layers apply the {@link head}
   */
  logits(config: Config, layers: Layers, hidden: Value): Value
}
