import { z } from 'zod'
import { rmsNorm } from '../../onnx/graph/composites.js'
import { add, mul } from '../../onnx/graph/primitives/elementwise.js'
import { slice } from '../../onnx/graph/primitives/movement.js'
import type { Value } from '../../onnx/graph/Value.js'
import { activate } from '../layers/activations.js'
import { joinHeads, splitHeads } from '../layers/attention.js'
import { count, readFields, refuseOption } from '../layers/config.js'
import { embed } from '../layers/ForwardContext.js'
import { everyLayer, type LinearModule } from '../layers/Linear.js'
import type { Architecture } from './Architecture.js'
import { type GatedConfig, gatedArchitecture, gatedConfig, gatedFields } from './gatedDecoder.js'
import { layerTypeFields } from './layerTypes.js'

const schema = z.object({
  ...gatedFields,
  pad_token_id: gatedFields.pad_token_id.default(32_000),
  sliding_window: layerTypeFields.sliding_window,
  original_max_position_embeddings: count.default(4096),
})

/** Phi-3 and Phi-4-mini (Abdin et al. 2024, https://arxiv.org/abs/2404.14219): Llama with its linear layers fused. */
export const phi3: Architecture<GatedConfig> = {
  parseConfig(path, raw) {
    const fields = readFields(path, schema, raw)
    const unsupported = refuseOption(path)
    const config = gatedConfig(fields, unsupported, { partial: true })
    const { scaling } = config.rope
    // For Phi-3 alone, transformers reads `yarn` as longrope.
    if (scaling.rope_type === 'yarn') unsupported('rope_scaling', 'yarn means longrope in Phi-3; call it so')
    return {
      ...config,
      windows: config.windows.map(() => fields.sliding_window ?? undefined),
      // Beyond the original context the frequencies of all positions change, which would invalidate the key cache.
      ...(scaling.rope_type === 'longrope' && { maximumLength: scaling.original_max_position_embeddings }),
    }
  },

  defaultTargets: undefined,

  ...gatedArchitecture,

  modules: (config) => everyLayer(config, layerModules),

  hidden(config, weights, layers, context) {
    const { linear } = layers
    const { hiddenSize, intermediateSize: inner, heads: H, keyValueHeads: K, headSize: D, normEpsilon } = config
    const rotate = context.rotary(config.rope)
    const norm = (x: Value, name: string): Value => rmsNorm(x, weights(`${name}.weight`, [hiddenSize]), normEpsilon)

    let x = embed(layers, context, gatedArchitecture.embedding(config)) // [batch * length, hidden]
    for (let layer = 0; layer < config.layers; layer++) {
      const { queryKeyValue, output, gateUp, down } = layerModules(config, layer)
      const prefix = `model.layers.${layer}`

      const qkv = linear(norm(x, `${prefix}.input_layernorm`), queryKeyValue) // [batch * length, (H + K + K) * D]
      const query = splitHeads(slice(qkv, 1, 0, H * D), context, H)
      const key = splitHeads(slice(qkv, 1, H * D, (H + K) * D), context, K)
      const value = splitHeads(slice(qkv, 1, (H + K) * D, (H + K + K) * D), context, K)
      const window = config.windows[layer]
      const mixed = context.attend(rotate(query), rotate(key), value, { layer, scale: D ** -0.5, window })
      x = add(x, linear(joinHeads(mixed), output))

      const both = linear(norm(x, `${prefix}.post_attention_layernorm`), gateUp) // [batch * length, 2 * inner]
      const gate = activate(slice(both, 1, 0, inner), config.activation)
      x = add(x, linear(mul(gate, slice(both, 1, inner, 2 * inner)), down))
    }
    return norm(x, 'model.norm')
  },
}

function layerModules(config: GatedConfig, layer: number) {
  const { hiddenSize: hidden, intermediateSize: inner, heads, keyValueHeads, headSize } = config
  const at = (name: string, inputs: number, outputs: number): LinearModule => ({
    name: `model.layers.${layer}.${name}`,
    inputs,
    outputs,
    bias: false,
  })
  return {
    queryKeyValue: at('self_attn.qkv_proj', hidden, (heads + 2 * keyValueHeads) * headSize),
    output: at('self_attn.o_proj', heads * headSize, hidden),
    gateUp: at('mlp.gate_up_proj', hidden, 2 * inner),
    down: at('mlp.down_proj', inner, hidden),
  }
}
