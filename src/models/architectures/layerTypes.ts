import { z } from 'zod'
import type { Unsupported } from '../layers/config.js'

/** The fields of config.json about sliding-window attention. */
export const layerTypeFields = {
  sliding_window: z.number().int().positive().nullish(),
  layer_types: z.array(z.string()).nullish(),
}

/**
 * The attention window of each layer, in tokens; undefined for full attention.
 *
 * @param types the layers' types if config.json does not list them
 * @param window the window of a layer of the type `sliding_attention`
 * @throws OL1304 when a type is not known, or when a layer needs a window and there is none
 */
export function layerWindows(
  given: readonly string[] | null | undefined,
  types: readonly LayerType[],
  window: number | null | undefined,
  unsupported: Unsupported,
): (number | undefined)[] {
  const kinds = given ?? types
  if (kinds.length !== types.length) unsupported('layer_types', `it names ${kinds.length} of ${types.length} layers`)
  return kinds.map((kind) => {
    if (kind === 'full_attention') return undefined
    if (kind !== 'sliding_attention') return unsupported('layer_types', `${kind} is not known`)
    return window ?? unsupported('layer_types', 'sliding_attention needs a sliding_window')
  })
}

export type LayerType = 'full_attention' | 'sliding_attention'
