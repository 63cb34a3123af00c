import { z } from 'zod'
import { count, type Unsupported } from './config.js'

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
  z.object({
    rope_type: z.literal('yarn'),
    factor,
    attention_factor: factor.nullish(),
    mscale: z.number().nonnegative().nullish(),
    mscale_all_dim: z.number().nonnegative().nullish(),
    beta_fast: factor.nullish().transform((beta) => beta ?? 32),
    beta_slow: factor.nullish().transform((beta) => beta ?? 1),
    truncate: z.boolean().default(true),
    original_max_position_embeddings: count,
  }),
  z.object({
    rope_type: z.literal('longrope'),
    factor: factor.nullish(),
    attention_factor: factor.nullish(),
    short_factor: z.array(factor),
    long_factor: z.array(factor),
    original_max_position_embeddings: count,
    max_position_embeddings: count,
  }),
])

/** The scaling of frequencies for contexts longer than the model was first trained on; fields as in config.json. */
export type RopeScaling = z.infer<typeof scalingSchema>

/** Options of rotary position embeddings. */
export interface Rope {
  /** The number of rotated elements, the first of each head; an odd number is rounded up, as in transformers. */
  readonly size: number
  readonly theta: number
  readonly scaling: RopeScaling
}

const parameters = z.record(z.string(), z.unknown())
export type RopeParameters = z.infer<typeof parameters>

/** The fields of config.json about rotary position embeddings, in the old and the new form. */
export const ropeFields = {
  rope_theta: factor.nullish(),
  rope_scaling: parameters.nullish(),
  rope_parameters: parameters.nullish(),
  partial_rotary_factor: factor.max(1).nullish(),
  max_position_embeddings: count,
  original_max_position_embeddings: count.nullish(),
}

const schema = z.object(ropeFields)

/**
 * Reads rotary position embeddings from config.json in the old form (`rope_theta`, `rope_scaling`) or the new form
 * (`rope_parameters`).
 *
 * @param defaults transformers' defaults for this architecture
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
    {
      rope_theta: fields.rope_theta ?? defaults.theta ?? 10_000,
      ...given,
      partial_rotary_factor: rotated,
      // The top-level field takes precedence over the one in the parameters, as in transformers.
      ...(fields.original_max_position_embeddings != null && {
        original_max_position_embeddings: fields.original_max_position_embeddings,
      }),
    },
    headSize,
    fields.max_position_embeddings,
    unsupported,
  )
}

/**
 * Reads one set of rotary parameters in the new form.
 *
 * @param maximumLength the default of the original context length, as in transformers
 */
export function parseRopeParameters(
  given: RopeParameters,
  headSize: number,
  maximumLength: number,
  unsupported: Unsupported,
): Rope {
  const { rope_theta: theta, partial_rotary_factor: rotated = 1 } = given
  if (typeof theta !== 'number' || !(theta > 0))
    return unsupported('rope_theta', `${String(theta)} is not a positive number`)
  const size = Math.trunc(headSize * Number(rotated))
  if (!(size > 0) || size + (size % 2) > headSize)
    return unsupported('partial_rotary_factor', `${String(rotated)} of ${headSize} elements`)
  // Checkpoints from before 2024 use `type`, and the first ones of Phi-3 say `su`.
  const named = given['rope_type'] ?? given['type'] ?? 'default'
  const type = named === 'su' ? 'longrope' : named
  const scaling = scalingSchema.safeParse({
    original_max_position_embeddings: maximumLength,
    ...given,
    rope_type: type,
    max_position_embeddings: maximumLength,
  })
  if (!scaling.success) return unsupported('rope_scaling', `${String(type)} with ${JSON.stringify(given)}`)
  if (scaling.data.rope_type === 'longrope')
    for (const factors of ['short_factor', 'long_factor'] as const)
      if (scaling.data[factors].length !== Math.ceil(size / 2))
        unsupported('rope_scaling', `${factors} has ${scaling.data[factors].length} of ${Math.ceil(size / 2)} numbers`)
  return { size, theta, scaling: scaling.data }
}
