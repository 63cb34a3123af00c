import { z } from 'zod'
import { readFields, refuseOption } from '../layers/config.js'
import type { Architecture } from './Architecture.js'
import { type GatedConfig, gatedArchitecture, gatedConfig, gatedDecoder, gatedFields } from './gatedDecoder.js'

const schema = z.object({
  ...gatedFields,
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
})

/** Llama (Touvron et al. 2023, https://arxiv.org/abs/2302.13971). */
export const llama: Architecture<GatedConfig> = {
  parseConfig(path, raw) {
    const fields = readFields(path, schema, raw)
    const { attention_bias: attention, mlp_bias: mlp } = fields
    return { ...gatedConfig(fields, refuseOption(path)), biases: { queryKeyValue: attention, output: attention, mlp } }
  },

  defaultTargets: ['q_proj', 'v_proj'],

  ...gatedArchitecture,

  hidden(config, weights, layers, context) {
    const rotate = context.rotary(config.rope)
    const scale = config.headSize ** -0.5
    return gatedDecoder(config, weights, layers, context, ({ query, key, value }, layer) =>
      context.attend(rotate(query), rotate(key), value, { layer, scale }),
    )
  },
}
