import { z } from 'zod'
import { layerNorm } from '../../onnx/graph/composites.js'
import { add } from '../../onnx/graph/primitives/elementwise.js'
import { slice } from '../../onnx/graph/primitives/movement.js'
import type { Value } from '../../onnx/graph/Value.js'
import { type Activation, activate, parseActivation } from '../layers/activations.js'
import { joinHeads, splitHeads } from '../layers/attention.js'
import { decoderConfig, decoderFields, readFields, refuseOption } from '../layers/config.js'
import { embeddingAndHead } from '../layers/embeddingAndHead.js'
import { embed } from '../layers/ForwardContext.js'
import { everyLayer, type LinearModule } from '../layers/Linear.js'
import type { ModelConfig } from '../layers/ModelConfig.js'
import type { Rope } from '../layers/ropeConfig.js'
import { parseRope, ropeFields } from '../layers/ropeConfig.js'
import type { Architecture } from './Architecture.js'

const { num_key_value_heads: _, head_dim: __, ...fields } = decoderFields
const schema = z.object({
  ...fields,
  ...ropeFields,
  rotary_pct: ropeFields.partial_rotary_factor,
  rotary_emb_base: ropeFields.rope_theta,
  layer_norm_eps: z.number().positive().default(1e-5),
  hidden_act: z.string().default('gelu'),
  attention_bias: z.boolean().default(true),
  use_parallel_residual: z.boolean().default(true),
})

interface GptNeoXConfig extends ModelConfig {
  readonly intermediateSize: number
  readonly normEpsilon: number
  readonly activation: Activation
  readonly rope: Rope
  readonly attentionBias: boolean
  /** Whether the attention and the MLP of a layer read the same hidden states (parallel residual). */
  readonly parallel: boolean
}

/** transformers and PEFT call the head `lm_head` since version 5; checkpoints store it as `embed_out.weight`. */
const ends = embeddingAndHead('gpt_neox.embed_in')

/** GPT-NeoX (Black et al. 2022, https://arxiv.org/abs/2204.06745), and the Pythia models. */
export const gptNeoX: Architecture<GptNeoXConfig> = {
  parseConfig(path, raw) {
    const fields = readFields(path, schema, raw)
    const unsupported = refuseOption(path)
    const common = decoderConfig(fields, unsupported)
    const rope = {
      ...fields,
      rope_theta: fields.rotary_emb_base,
      partial_rotary_factor: fields.rotary_pct ?? 0.25,
    }
    return {
      ...common,
      intermediateSize: fields.intermediate_size,
      normEpsilon: fields.layer_norm_eps,
      activation: parseActivation('hidden_act', fields.hidden_act, unsupported),
      rope: parseRope(rope, common.headSize, unsupported, { partial: true }),
      attentionBias: fields.attention_bias,
      parallel: fields.use_parallel_residual,
    }
  },

  defaultTargets: ['query_key_value'],

  ...ends,

  modules: (config) => everyLayer(config, layerModules),

  hidden(config, weights, layers, context) {
    const { linear } = layers
    const { hiddenSize, heads: H, headSize: D, normEpsilon } = config
    const rotate = context.rotary(config.rope)
    const norm = (x: Value, name: string): Value =>
      layerNorm(x, weights(`${name}.weight`, [hiddenSize]), weights(`${name}.bias`, [hiddenSize]), normEpsilon)

    let x = embed(layers, context, ends.embedding(config)) // [batch * length, hidden]
    for (let layer = 0; layer < config.layers; layer++) {
      const { queryKeyValue, output, up, down } = layerModules(config, layer)
      const prefix = `gpt_neox.layers.${layer}`

      // The query, key and value of a head are contiguous: [batch, heads, length, 3 * headSize].
      const qkv = splitHeads(linear(norm(x, `${prefix}.input_layernorm`), queryKeyValue), context, H)
      const [query, key, value] = [0, 1, 2].map((part) => slice(qkv, -1, part * D, (part + 1) * D)) as Three
      const mixed = context.attend(rotate(query), rotate(key), value, { layer, scale: D ** -0.5 })
      const attended = add(x, linear(joinHeads(mixed), output))

      const m = norm(config.parallel ? x : attended, `${prefix}.post_attention_layernorm`)
      x = add(attended, linear(activate(linear(m, up), config.activation), down))
    }
    return norm(x, 'gpt_neox.final_layer_norm')
  },
}

type Three = [Value, Value, Value]

function layerModules({ hiddenSize: hidden, intermediateSize: inner, attentionBias }: GptNeoXConfig, layer: number) {
  const at = (name: string, inputs: number, outputs: number, bias: boolean): LinearModule => ({
    name: `gpt_neox.layers.${layer}.${name}`,
    inputs,
    outputs,
    bias,
  })
  return {
    queryKeyValue: at('attention.query_key_value', hidden, 3 * hidden, attentionBias),
    output: at('attention.dense', hidden, hidden, attentionBias),
    up: at('mlp.dense_h_to_4h', hidden, inner, true),
    down: at('mlp.dense_4h_to_h', inner, hidden, true),
  }
}
