import { z } from 'zod'
import type { Unsupported } from '../layers/config.js'

/** The fields of config.json about layers that see only the tokens just before. */
export const layerTypeFields = {
  sliding_window: z.number().int().positive().nullish(),
  layer_types: z.array(z.string()).nullish(),
}

/**
 * The window of each layer.
 *
 * @param types of the layers where config.json does not list them
 * @param window of a layer that is of the type `sliding_attention`
 * @throws OL1304 when a type is not known, or a window is wanted and not given
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
