import { z } from 'zod'
import { count, readFields, refuseOption } from '../layers/config.js'
import type { Architecture } from './Architecture.js'
import { type GatedConfig, gatedArchitecture, gatedConfig, gatedDecoder, gatedFields } from './gatedDecoder.js'
import { qwenWindowFields, qwenWindows } from './qwenWindows.js'

const schema = z.object({ ...gatedFields, ...qwenWindowFields, num_key_value_heads: count.nullable() })

/** Qwen2 (Yang et al. 2024, https://arxiv.org/abs/2407.10671): Llama with biases on queries, keys and values. */
export const qwen2: Architecture<GatedConfig> = {
  parseConfig(path, raw) {
    const fields = readFields(path, schema, raw)
    const unsupported = refuseOption(path)
    return {
      ...gatedConfig(fields, unsupported),
      biases: { queryKeyValue: true, output: false, mlp: false },
      windows: qwenWindows(fields, unsupported),
    }
  },

  defaultTargets: ['q_proj', 'v_proj'],

  ...gatedArchitecture,

  hidden(config, weights, layers, context) {
    const rotate = context.rotary(config.rope)
    const scale = config.headSize ** -0.5
    return gatedDecoder(config, weights, layers, context, ({ query, key, value }, layer) =>
      context.attend(rotate(query), rotate(key), value, { layer, scale, window: config.windows[layer] }),
    )
  },
}
