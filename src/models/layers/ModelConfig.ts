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
