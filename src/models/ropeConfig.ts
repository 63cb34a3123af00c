import { z } from 'zod'
import { count, type Unsupported } from './config.js'
import type { Rope } from './rope.js'

const factor = z.number().positive()
const scalingSchema = z.discriminatedUnion('rope_type', [
  z.object({ rope_type: z.literal('default') }),
  z.object({ rope_type: z.literal('linear'), factor }),
  z.object({ rope_type: z.literal('dynamic'), factor, max_position_embeddings: count }),
  z.object({
    rope_type: z.literal('llama3'),
    factor,
    low_freq_factor: factor,
    high_freq_factor: factor,
    original_max_position_embeddings: count,
  }),
])

/** How frequencies are changed for contexts longer than the model was first trained on; fields as in config.json. */
export type RopeScaling = z.infer<typeof scalingSchema>

const parameters = z.record(z.string(), z.unknown())
export type RopeParameters = z.infer<typeof parameters>

/** The fields of config.json about rotary positions, of the old form and of the new. */
export const ropeFields = {
  rope_theta: factor.nullish(),
  rope_scaling: parameters.nullish(),
  rope_parameters: parameters.nullish(),
  partial_rotary_factor: factor.max(1).nullish(),
  max_position_embeddings: count,
}

const schema = z.object(ropeFields)

/**
 * Reads rotary positions from config.json in the old form (`rope_theta`, `rope_scaling`) or the new (`rope_parameters`).
 *
 * @param defaults what transformers takes for this architecture where config.json is silent
 */
export function parseRope(
  fields: z.infer<typeof schema>,
  headSize: number,
  unsupported: Unsupported,
  defaults: { readonly theta?: number; readonly partial?: boolean } = {},
): Rope {
  const given = fields.rope_scaling ?? fields.rope_parameters ?? {}
  const rotated = given['partial_rotary_factor'] ?? fields.partial_rotary_factor ?? 1
  if (rotated !== 1 && !defaults.partial) unsupported('partial_rotary_factor', `${String(rotated)} is not 1`)
  return parseRopeParameters(
    { rope_theta: fields.rope_theta ?? defaults.theta ?? 10_000, partial_rotary_factor: rotated, ...given },
    headSize,
    fields.max_position_embeddings,
    unsupported,
  )
}

/**
 * Reads one set of rotary parameters in the new form.
 *
 * @param maximumLength stands in for the original context where the parameters do not say it, as in transformers
 */
export function parseRopeParameters(
  given: RopeParameters,
  headSize: number,
  maximumLength: number,
  unsupported: Unsupported,
): Rope {
  const { rope_theta: theta, partial_rotary_factor: rotated = 1 } = given
  if (typeof theta !== 'number' || !(theta > 0))
    return unsupported('rope_theta', `${String(theta)} is no positive number`)
  const size = Math.trunc(headSize * Number(rotated))
  if (!(size > 0) || size + (size % 2) > headSize)
    return unsupported('partial_rotary_factor', `${String(rotated)} of ${headSize} elements`)
  // Checkpoints of before 2024 say `type`.
  const type = given['rope_type'] ?? given['type'] ?? 'default'
  const scaling = scalingSchema.safeParse({
    original_max_position_embeddings: maximumLength,
    ...given,
    rope_type: type,
    max_position_embeddings: maximumLength,
  })
  if (!scaling.success) return unsupported('rope_scaling', `${String(type)} with ${JSON.stringify(given)}`)
  return { size, theta, scaling: scaling.data }
}
