/** The options that all architectures share, whatever config.json calls them. Sizes are in elements. */
export interface ModelConfig {
  readonly vocabSize: number
  readonly hiddenSize: number
  readonly layers: number
  /** Query heads; each of the `keyValueHeads` serves heads / keyValueHeads of them. */
  readonly heads: number
  readonly keyValueHeads: number
  readonly headSize: number
  /** Attention window of each layer: how many tokens a token attends to, itself included; undefined for full attention. */
  readonly windows: readonly (number | undefined)[]
  /** Context length in tokens. */
  readonly maximumLength: number
  readonly tiedEmbeddings: boolean
  /** The token whose embedding is not trained; undefined if all are trained. */
  readonly paddingToken?: number | undefined
  readonly beginToken: number | undefined
  readonly endTokens: readonly number[]
}
