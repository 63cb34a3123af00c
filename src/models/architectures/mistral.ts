import { z } from 'zod'
import { count, readFields, refuseOption } from '../layers/config.js'
import type { Architecture } from './Architecture.js'
import { type GatedConfig, gatedArchitecture, gatedConfig, gatedDecoder, gatedFields } from './gatedDecoder.js'
import { layerTypeFields } from './layerTypes.js'

const schema = z.object({
  ...gatedFields,
  num_key_value_heads: count.nullable(),
  sliding_window: layerTypeFields.sliding_window.default(4096),
})

/** Mistral (Jiang et al. 2023, https://arxiv.org/abs/2310.06825): Llama, with an optional window in every layer. */
export const mistral: Architecture<GatedConfig> = {
  parseConfig(path, raw) {
    const fields = readFields(path, schema, raw)
    const config = gatedConfig(fields, refuseOption(path))
    return { ...config, windows: config.windows.map(() => fields.sliding_window ?? undefined) }
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
