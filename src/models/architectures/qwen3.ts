import { z } from 'zod'
import { rmsNorm } from '../../onnx/graph/composites.js'
import type { Value } from '../../onnx/graph/Value.js'
import { count, readFields, refuseOption } from '../layers/config.js'
import type { Architecture } from './Architecture.js'
import { type GatedConfig, gatedArchitecture, gatedConfig, gatedDecoder, gatedFields } from './gatedDecoder.js'
import { qwenWindowFields, qwenWindows } from './qwenWindows.js'

const schema = z.object({
  ...gatedFields,
  ...qwenWindowFields,
  num_key_value_heads: count.nullable(),
  head_dim: count,
  attention_bias: z.boolean().default(false),
})

/** Qwen3 (Yang et al. 2025, https://arxiv.org/abs/2505.09388): Llama with each head's queries and keys normalized. */
export const qwen3: Architecture<GatedConfig> = {
  parseConfig(path, raw) {
    const fields = readFields(path, schema, raw)
    const unsupported = refuseOption(path)
    const bias = fields.attention_bias
    return {
      ...gatedConfig(fields, unsupported),
      biases: { queryKeyValue: bias, output: bias, mlp: false },
      windows: qwenWindows(fields, unsupported),
    }
  },

  defaultTargets: ['q_proj', 'v_proj'],

  ...gatedArchitecture,

  hidden(config, weights, layers, context) {
    const { headSize, normEpsilon } = config
    const rotate = context.rotary(config.rope)
    const scale = headSize ** -0.5
    return gatedDecoder(config, weights, layers, context, ({ query, key, value }, layer) => {
      const norm = (x: Value, name: string): Value =>
        rmsNorm(x, weights(`model.layers.${layer}.self_attn.${name}.weight`, [headSize]), normEpsilon)
      const window = config.windows[layer]
      return context.attend(rotate(norm(query, 'q_norm')), rotate(norm(key, 'k_norm')), value, { layer, scale, window })
    })
  },
}
