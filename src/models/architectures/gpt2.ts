import { z } from 'zod'
import { layerNorm } from '../../onnx/graph/composites.js'
import { add } from '../../onnx/graph/primitives/elementwise.js'
import { gather } from '../../onnx/graph/primitives/indexing.js'
import { slice } from '../../onnx/graph/primitives/movement.js'
import type { Value } from '../../onnx/graph/Value.js'
import { type Activation, activate, parseActivation } from '../layers/activations.js'
import { joinHeads, splitHeads } from '../layers/attention.js'
import { count, decoderConfig, decoderFields, readFields, refuseOption } from '../layers/config.js'
import { embeddingAndHead } from '../layers/embeddingAndHead.js'
import { embed } from '../layers/ForwardContext.js'
import { everyLayer, type LinearModule } from '../layers/Linear.js'
import type { ModelConfig } from '../layers/ModelConfig.js'
import type { Architecture } from './Architecture.js'

const schema = z.object({
  vocab_size: decoderFields.vocab_size,
  n_positions: decoderFields.max_position_embeddings,
  n_embd: decoderFields.hidden_size,
  n_layer: decoderFields.num_hidden_layers,
  n_head: decoderFields.num_attention_heads,
  n_inner: count.nullish(),
  activation_function: z.string().default('gelu_new'),
  layer_norm_epsilon: z.number().positive().default(1e-5),
  scale_attn_weights: z.boolean().default(true),
  scale_attn_by_inverse_layer_idx: z.boolean().default(false),
  tie_word_embeddings: z.boolean().default(true),
  bos_token_id: decoderFields.bos_token_id,
  eos_token_id: decoderFields.eos_token_id,
})

interface Gpt2Config extends ModelConfig {
  readonly intermediateSize: number
  readonly normEpsilon: number
  readonly activation: Activation
  /** The factor of query-key products in each layer. */
  readonly attentionScales: readonly number[]
}

const ends = embeddingAndHead('transformer.wte')

/** GPT-2 (Radford et al. 2019, https://openai.com/index/better-language-models/). */
export const gpt2: Architecture<Gpt2Config> = {
  parseConfig(path, raw) {
    const fields = readFields(path, schema, raw)
    const unsupported = refuseOption(path)
    const common = decoderConfig(
      {
        ...fields,
        hidden_size: fields.n_embd,
        num_hidden_layers: fields.n_layer,
        num_attention_heads: fields.n_head,
        max_position_embeddings: fields.n_positions,
      },
      unsupported,
    )
    const scale = fields.scale_attn_weights ? common.headSize ** -0.5 : 1
    return {
      ...common,
      intermediateSize: fields.n_inner ?? 4 * fields.n_embd,
      normEpsilon: fields.layer_norm_epsilon,
      activation: parseActivation('activation_function', fields.activation_function, unsupported),
      attentionScales: common.windows.map((_, layer) =>
        fields.scale_attn_by_inverse_layer_idx ? scale / (layer + 1) : scale,
      ),
    }
  },

  defaultTargets: ['c_attn'],

  ...ends,

  modules: (config) => everyLayer(config, layerModules),

  hidden(config, weights, layers, context) {
    const { linear } = layers
    const { hiddenSize, heads: H, normEpsilon } = config
    const norm = (x: Value, name: string): Value =>
      layerNorm(x, weights(`${name}.weight`, [hiddenSize]), weights(`${name}.bias`, [hiddenSize]), normEpsilon)

    const positions = weights('transformer.wpe.weight', [config.maximumLength, hiddenSize])
    let x = add(embed(layers, context, ends.embedding(config)), gather(positions, context.positions)) // [batch * length, hidden]
    for (let layer = 0; layer < config.layers; layer++) {
      const { queryKeyValue, output, up, down } = layerModules(config, layer)
      const prefix = `transformer.h.${layer}`

      const qkv = linear(norm(x, `${prefix}.ln_1`), queryKeyValue)
      const [query, key, value] = [0, 1, 2].map((part) =>
        splitHeads(slice(qkv, 1, part * hiddenSize, (part + 1) * hiddenSize), context, H),
      ) as [Value, Value, Value]
      const mixed = context.attend(query, key, value, { layer, scale: config.attentionScales[layer] as number })
      x = add(x, linear(joinHeads(mixed), output))

      x = add(x, linear(activate(linear(norm(x, `${prefix}.ln_2`), up), config.activation), down))
    }
    return norm(x, 'transformer.ln_f')
  },
}

/** GPT-2 stores the weights of its linear layers transposed, unlike all models after it. */
function layerModules({ hiddenSize: hidden, intermediateSize: inner }: Gpt2Config, layer: number) {
  const at = (name: string, inputs: number, outputs: number): LinearModule => ({
    name: `transformer.h.${layer}.${name}`,
    inputs,
    outputs,
    bias: true,
    transposed: true,
  })
  return {
    queryKeyValue: at('attn.c_attn', hidden, 3 * hidden),
    output: at('attn.c_proj', hidden, hidden),
    up: at('mlp.c_fc', hidden, inner),
    down: at('mlp.c_proj', inner, hidden),
  }
}
