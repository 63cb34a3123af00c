import type { Value } from '../../onnx/graph/Value.js'
import type { EmbeddingModule, Layers, LinearModule } from './Linear.js'
import type { ModelConfig } from './ModelConfig.js'

/**
 * The two ends of a decoder: the token embeddings, and the head named `lm_head`, which has a weight of its own or that of
 * the embeddings (`tie_word_embeddings`).
 *
 * @param name the embedding module's name in the checkpoint
 */
export function embeddingAndHead(name: string) {
  const head = ({ vocabSize, hiddenSize, tiedEmbeddings }: ModelConfig): LinearModule => ({
    name: 'lm_head',
    inputs: hiddenSize,
    outputs: vocabSize,
    bias: false,
    ...(tiedEmbeddings && { tensor: `${name}.weight` }),
  })
  return {
    embedding: ({ vocabSize, hiddenSize, paddingToken }: ModelConfig): EmbeddingModule => ({
      name,
      tokens: vocabSize,
      width: hiddenSize,
      padding: paddingToken,
    }),
    head,
    logits: (config: ModelConfig, { linear }: Layers, hidden: Value): Value => linear(hidden, head(config)),
  }
}
