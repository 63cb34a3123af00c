import type { Value } from '../onnx/Value.js'
import type { EmbeddingModule, Layers, LinearModule, Weights } from './Linear.js'
import type { Tokens } from './Tokens.js'

/** What every architecture's config.json says, whatever its fields are called there. Extents are in elements. */
export interface ModelConfig {
  readonly vocabSize: number
  readonly hiddenSize: number
  readonly layers: number
  /** Query heads; `keyValueHeads` of them, or each, have keys and values of their own. */
  readonly heads: number
  readonly keyValueHeads: number
  readonly headSize: number
  /** How many tokens, itself among them, a token of each layer may see; undefined where it sees all before it. */
  readonly windows: readonly (number | undefined)[]
  /** Tokens that the model was made to read. */
  readonly maximumLength: number
  readonly tiedEmbeddings: boolean
  /** The token whose embedding learns nothing; undefined where all of them learn. */
  readonly paddingToken?: number | undefined
  readonly beginToken: number | undefined
  readonly endTokens: readonly number[]
}

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
  hidden(config: Config, weights: Weights, layers: Layers, tokens: Tokens): Value
  /**
   * Logits of the next token for chosen hidden states: [rows, hiddenSize] -> [rows, vocabSize].
   *
   * @param layers apply the {@link head}
   */
  logits(config: Config, layers: Layers, hidden: Value): Value
}
