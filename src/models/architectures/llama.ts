import { z } from 'zod'
import { rmsNorm, silu } from '../../onnx/composites.js'
import { add, gather, gemm, mul } from '../../onnx/primitives.js'
import type { Value } from '../../onnx/Value.js'
import type { Architecture, ModelConfig } from '../Architecture.js'
import { joinHeads, splitHeads } from '../attention.js'
import { decoderConfig, decoderFields, readFields, refuseOption } from '../config.js'
import type { LinearModule, Weights } from '../Linear.js'
import type { Rope } from '../rope.js'
import { parseRope, ropeFields } from '../ropeConfig.js'

const schema = z.object({
  ...decoderFields,
  ...ropeFields,
  rms_norm_eps: z.number().positive(),
  hidden_act: z.string().default('silu'),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
})

interface LlamaConfig extends ModelConfig {
  readonly intermediateSize: number
  readonly normEpsilon: number
  readonly rope: Rope
  readonly attentionBias: boolean
  readonly mlpBias: boolean
}

/** Llama (Touvron et al. 2023, https://arxiv.org/abs/2302.13971). */
export const llama: Architecture<LlamaConfig> = {
  parseConfig(path, raw) {
    const fields = readFields(path, schema, raw)
    const unsupported = refuseOption(path)
    if (fields.hidden_act !== 'silu') unsupported('hidden_act', `${fields.hidden_act} is not silu`)
    const common = decoderConfig(fields, unsupported)
    return {
      ...common,
      intermediateSize: fields.intermediate_size,
      normEpsilon: fields.rms_norm_eps,
      rope: parseRope(fields, common.headSize, unsupported),
      attentionBias: fields.attention_bias,
      mlpBias: fields.mlp_bias,
    }
  },

  modules: (config) =>
    Array.from({ length: config.layers }, (_, layer) => Object.values(layerModules(config, layer))).flat(),

  hidden(config, weights, linear, tokens) {
    const { hiddenSize, heads: H, keyValueHeads: K, headSize: D, normEpsilon } = config
    const rotate = tokens.rotary(config.rope)
    const norm = (x: Value, name: string): Value => rmsNorm(x, weights(name, [hiddenSize]), normEpsilon)

    let x = gather(embedding(config, weights), tokens.ids) // [B*T, hidden]
    for (let layer = 0; layer < config.layers; layer++) {
      const { q, k, v, o, gate, up, down } = layerModules(config, layer)
      const prefix = `model.layers.${layer}`

      const a = norm(x, `${prefix}.input_layernorm.weight`)
      const query = rotate(splitHeads(linear(a, q), tokens, H)) // [B, H, T, D]
      const key = rotate(splitHeads(linear(a, k), tokens, K))
      const value = splitHeads(linear(a, v), tokens, K)
      const mixed = tokens.attend(query, key, value, { layer, scale: D ** -0.5 })
      x = add(x, linear(joinHeads(mixed), o))

      const m = norm(x, `${prefix}.post_attention_layernorm.weight`)
      x = add(x, linear(mul(silu(linear(m, gate)), linear(m, up)), down))
    }
    return norm(x, 'model.norm.weight')
  },

  logits(config, weights, hidden) {
    const head = config.tiedEmbeddings
      ? embedding(config, weights)
      : weights('lm_head.weight', [config.vocabSize, config.hiddenSize])
    return gemm(hidden, head, { transB: true })
  },
}

/** The linear layers of one decoder layer, in the order in which the forward pass meets them. */
function layerModules(config: LlamaConfig, layer: number) {
  const { hiddenSize: hidden, intermediateSize: inner, heads, keyValueHeads, headSize } = config
  const at = (name: string, inputs: number, outputs: number, bias: boolean): LinearModule => ({
    name: `model.layers.${layer}.${name}`,
    inputs,
    outputs,
    bias,
  })
  return {
    q: at('self_attn.q_proj', hidden, heads * headSize, config.attentionBias),
    k: at('self_attn.k_proj', hidden, keyValueHeads * headSize, config.attentionBias),
    v: at('self_attn.v_proj', hidden, keyValueHeads * headSize, config.attentionBias),
    o: at('self_attn.o_proj', heads * headSize, hidden, config.attentionBias),
    gate: at('mlp.gate_proj', hidden, inner, config.mlpBias),
    up: at('mlp.up_proj', hidden, inner, config.mlpBias),
    down: at('mlp.down_proj', inner, hidden, config.mlpBias),
  }
}

const embedding = ({ vocabSize, hiddenSize }: LlamaConfig, weights: Weights): Value =>
  weights('model.embed_tokens.weight', [vocabSize, hiddenSize])
