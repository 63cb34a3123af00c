import { z } from 'zod'
import type { Unsupported } from '../layers/config.js'
import { layerTypeFields, layerWindows } from './layerTypes.js'

/** The fields of config.json about sliding-window attention in Qwen. */
export const qwenWindowFields = {
  ...layerTypeFields,
  sliding_window: layerTypeFields.sliding_window.default(4096),
  use_sliding_window: z.boolean().default(false),
  max_window_layers: z.number().int().nonnegative().default(28),
}

const schema = z.object({ ...qwenWindowFields, num_hidden_layers: z.number() })

/** The window of each layer: layers from `max_window_layers` on have one, unless config.json lists the layer types. */
export function qwenWindows(fields: z.infer<typeof schema>, unsupported: Unsupported): (number | undefined)[] {
  const window = fields.use_sliding_window ? fields.sliding_window : null
  const types = Array.from({ length: fields.num_hidden_layers }, (_, layer) =>
    window !== null && layer >= fields.max_window_layers ? 'sliding_attention' : 'full_attention',
  )
  return layerWindows(fields.layer_types, types, window, unsupported)
}
