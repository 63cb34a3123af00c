import { z } from 'zod'
import type { Rope } from './rope.js'

const factor = z.number().positive()
const scalingSchema = z.discriminatedUnion('rope_type', [
  z.object({ rope_type: z.literal('default') }),
  z.object({ rope_type: z.literal('linear'), factor }),
  z.object({
    rope_type: z.literal('llama3'),
    factor,
    low_freq_factor: factor,
    high_freq_factor: factor,
    original_max_position_embeddings: z.number().int().positive(),
  }),
])

/** How frequencies are changed for contexts longer than the model was first trained on; fields as in config.json. */
export type RopeScaling = z.infer<typeof scalingSchema>

const parameters = z.record(z.string(), z.unknown()).nullish()

/** The fields of config.json about rotary positions, of the old form and of the new. */
export const ropeFields = {
  rope_theta: z.number().positive().optional(),
  rope_scaling: parameters,
  rope_parameters: parameters,
  partial_rotary_factor: z.number().nullish(),
}

interface RopeFields {
  readonly rope_theta?: number | undefined
  readonly rope_scaling?: Readonly<Record<string, unknown>> | null | undefined
  readonly rope_parameters?: Readonly<Record<string, unknown>> | null | undefined
  readonly partial_rotary_factor?: number | null | undefined
}

/** Reads rotary positions from config.json in the old form (`rope_theta`, `rope_scaling`) or the new (`rope_parameters`). */
export function parseRope(
  fields: RopeFields,
  headSize: number,
  unsupported: (field: string, reason: string) => never,
): Rope {
  const { rope_theta: newTheta, ...rest } = fields.rope_parameters ?? { rope_theta: undefined }
  const rotated = rest['partial_rotary_factor'] ?? fields.partial_rotary_factor ?? 1
  if (rotated !== 1) unsupported('partial_rotary_factor', `${String(rotated)} is not 1`)
  const raw = fields.rope_scaling ?? rest
  // Checkpoints of before 2024 say `type`.
  const type = raw['rope_type'] ?? raw['type'] ?? 'default'
  const scaling = scalingSchema.safeParse({ ...raw, rope_type: type })
  return {
    size: headSize,
    theta: typeof newTheta === 'number' ? newTheta : (fields.rope_theta ?? 10_000),
    scaling: scaling.success
      ? scaling.data
      : unsupported('rope_scaling', `${String(type)} with ${JSON.stringify(raw)}`),
  }
}
