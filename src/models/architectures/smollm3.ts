import { z } from 'zod'
import { count, readFields, refuseOption } from '../layers/config.js'
import type { Architecture } from './Architecture.js'
import { type GatedConfig, gatedArchitecture, gatedConfig, gatedDecoder, gatedFields } from './gatedDecoder.js'
import { layerTypeFields, layerWindows } from './layerTypes.js'

const schema = z.object({
  ...gatedFields,
  ...layerTypeFields,
  pad_token_id: gatedFields.pad_token_id.default(128_004),
  num_key_value_heads: count.nullable(),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  tie_word_embeddings: z.boolean().default(true),
  use_sliding_window: z.boolean().default(false),
  no_rope_layers: z.array(z.number()).nullish(),
  no_rope_layer_interval: count.default(4),
})

interface SmolLM3Config extends GatedConfig {
  /** Whether each layer applies rotary position embeddings. */
  readonly rotated: readonly boolean[]
}

/**
 * SmolLM3 (Bakouch et al. 2025, https://huggingface.co/blog/smollm3): Llama, with some layers without position embeddings
 * (Yang et al. 2025, https://arxiv.org/abs/2501.18795).
 */
export const smollm3: Architecture<SmolLM3Config> = {
  parseConfig(path, raw) {
    const fields = readFields(path, schema, raw)
    const unsupported = refuseOption(path)
    const { attention_bias: attention, mlp_bias: mlp } = fields
    const config = gatedConfig(fields, unsupported, { theta: 2_000_000 })
    // Despite its name, the field has a 1 for each layer with rotary embeddings and a 0 for each without.
    const rotated = config.windows.map((_, layer) =>
      Boolean(fields.no_rope_layers ? fields.no_rope_layers[layer] : (layer + 1) % fields.no_rope_layer_interval),
    )
    if (fields.no_rope_layers && fields.no_rope_layers.length < config.layers)
      unsupported('no_rope_layers', `it names ${fields.no_rope_layers.length} of ${config.layers} layers`)
    const window = fields.use_sliding_window ? fields.sliding_window : null
    const types = rotated.map((rope) => (window != null && !rope ? 'sliding_attention' : 'full_attention'))
    return {
      ...config,
      biases: { queryKeyValue: attention, output: attention, mlp },
      windows: layerWindows(fields.layer_types, types, window, unsupported),
      rotated,
    }
  },

  defaultTargets: undefined,

  ...gatedArchitecture,

  hidden(config, weights, layers, context) {
    const rotate = context.rotary(config.rope)
    const scale = config.headSize ** -0.5
    return gatedDecoder(config, weights, layers, context, ({ query, key, value }, layer) => {
      const options = { layer, scale, window: config.windows[layer] }
      return config.rotated[layer]
        ? context.attend(rotate(query), rotate(key), value, options)
        : context.attend(query, key, value, options)
    })
  },
}
