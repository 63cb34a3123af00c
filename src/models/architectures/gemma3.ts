import { z } from 'zod'
import { rmsNorm, scale as scaled } from '../../onnx/graph/composites.js'
import { add, mul } from '../../onnx/graph/primitives/elementwise.js'
import { scalar } from '../../onnx/graph/primitives/inputs.js'
import type { Value } from '../../onnx/graph/Value.js'
import { activate, parseActivation } from '../layers/activations.js'
import { joinHeads, splitHeads } from '../layers/attention.js'
import { count, decoderConfig, decoderFields, readFields, refuseOption } from '../layers/config.js'
import { embed } from '../layers/ForwardContext.js'
import type { Rope } from '../layers/ropeConfig.js'
import { parseRopeParameters, ropeFields } from '../layers/ropeConfig.js'
import type { Architecture } from './Architecture.js'
import { type GatedConfig, gatedArchitecture, gatedLayer, paddingField } from './gatedDecoder.js'
import { layerTypeFields, layerWindows } from './layerTypes.js'

const schema = z.object({
  ...decoderFields,
  ...ropeFields,
  ...layerTypeFields,
  pad_token_id: paddingField.default(0),
  num_key_value_heads: count,
  head_dim: count,
  rms_norm_eps: z.number().positive(),
  hidden_activation: z.string().default('gelu_pytorch_tanh'),
  attention_bias: z.boolean().default(false),
  tie_word_embeddings: z.boolean().default(true),
  query_pre_attn_scalar: z.number().positive().default(256),
  sliding_window: count.default(4096),
  sliding_window_pattern: count.default(6),
  rope_local_base_freq: z.number().positive().optional(),
})

interface Gemma3Config extends GatedConfig {
  /** Rotary embeddings of the layers with a window; `rope` is for the layers with full attention. */
  readonly localRope: Rope
  /** The factor of query-key products. */
  readonly attentionScale: number
}

/** The text model of Gemma 3 (Kamath et al. 2025, https://arxiv.org/abs/2503.19786). */
export const gemma3: Architecture<Gemma3Config> = {
  parseConfig(path, raw) {
    const fields = readFields(path, schema, raw)
    const unsupported = refuseOption(path)
    const common = decoderConfig(fields, unsupported)
    const types = common.windows.map((_, layer) =>
      (layer + 1) % fields.sliding_window_pattern ? 'sliding_attention' : 'full_attention',
    )
    const rope = (kind: string, given: object | null | undefined, theta: number): Rope => {
      const parameters = { rope_theta: theta, ...(fields.rope_parameters?.[kind] as object | undefined), ...given }
      return parseRopeParameters(parameters, common.headSize, common.maximumLength, unsupported)
    }
    return {
      ...common,
      paddingToken: fields.pad_token_id ?? undefined,
      intermediateSize: fields.intermediate_size,
      normEpsilon: fields.rms_norm_eps,
      activation: parseActivation('hidden_activation', fields.hidden_activation, unsupported),
      biases: { queryKeyValue: fields.attention_bias, output: fields.attention_bias, mlp: false },
      windows: layerWindows(fields.layer_types, types, fields.sliding_window, unsupported),
      rope: rope('full_attention', fields.rope_scaling, fields.rope_theta ?? 1_000_000),
      localRope: rope('sliding_attention', {}, fields.rope_local_base_freq ?? 10_000),
      attentionScale: fields.query_pre_attn_scalar ** -0.5,
    }
  },

  defaultTargets: ['q_proj', 'v_proj'],

  ...gatedArchitecture,

  hidden(config, weights, layers, context) {
    const { linear } = layers
    const { hiddenSize, heads: H, keyValueHeads: K, headSize, normEpsilon, attentionScale: scale } = config
    const [rotate, rotateLocal] = [context.rotary(config.rope), context.rotary(config.localRope)]
    // The checkpoint stores each gain minus 1.
    const norm = (x: Value, name: string, size = hiddenSize): Value => {
      const gain = weights(`${name}.weight`, [size])
      return rmsNorm(x, add(gain, scalar(1, gain)), normEpsilon)
    }

    let x = embed(layers, context, gatedArchitecture.embedding(config), (x) => scaled(x, hiddenSize ** 0.5)) // [batch * length, hidden]
    for (let layer = 0; layer < config.layers; layer++) {
      const { q, k, v, o, gate, up, down } = gatedLayer(config, layer)
      const prefix = `model.layers.${layer}`
      const window = config.windows[layer]
      const turn = window === undefined ? rotate : rotateLocal

      const a = norm(x, `${prefix}.input_layernorm`)
      const query = turn(norm(splitHeads(linear(a, q), context, H), `${prefix}.self_attn.q_norm`, headSize))
      const key = turn(norm(splitHeads(linear(a, k), context, K), `${prefix}.self_attn.k_norm`, headSize))
      const value = splitHeads(linear(a, v), context, K)
      const mixed = joinHeads(context.attend(query, key, value, { layer, scale, window }))
      x = add(x, norm(linear(mixed, o), `${prefix}.post_attention_layernorm`))

      const m = norm(x, `${prefix}.pre_feedforward_layernorm`)
      const inner = mul(activate(linear(m, gate), config.activation), linear(m, up))
      x = add(x, norm(linear(inner, down), `${prefix}.post_feedforward_layernorm`))
    }
    return norm(x, 'model.norm')
  },
}
