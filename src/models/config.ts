import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'

const llama3Scaling = z.object({
  rope_type: z.literal('llama3'),
  factor: z.number().positive(),
  low_freq_factor: z.number().positive(),
  high_freq_factor: z.number().positive(),
  original_max_position_embeddings: z.number().int().positive(),
})
const scalingSchema = z.discriminatedUnion('rope_type', [
  z.object({ rope_type: z.literal('default') }),
  z.object({ rope_type: z.literal('linear'), factor: z.number().positive() }),
  llama3Scaling,
])

export type RopeScaling = z.infer<typeof scalingSchema>

const count = z.number().int().positive()

const llamaSchema = z.object({
  vocab_size: count,
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count.optional(),
  head_dim: count.nullish(),
  max_position_embeddings: count,
  rms_norm_eps: z.number().positive(),
  rope_theta: z.number().positive().optional(),
  rope_scaling: z.record(z.string(), z.unknown()).nullish(),
  rope_parameters: z.record(z.string(), z.unknown()).nullish(),
  hidden_act: z.string().default('silu'),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  tie_word_embeddings: z.boolean().default(false),
  bos_token_id: z.number().int().nullish(),
  eos_token_id: z.union([z.number().int(), z.array(z.number().int())]).nullish(),
  pad_token_id: z.number().int().nullish(),
  partial_rotary_factor: z.number().nullish(),
  quantization_config: z.unknown().optional(),
})

/** What the forward pass of a Llama model depends on. Extents are in elements. */
export interface LlamaConfig {
  readonly vocabSize: number
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly layers: number
  readonly heads: number
  readonly keyValueHeads: number
  readonly headSize: number
  readonly maximumLength: number
  readonly normEpsilon: number
  readonly ropeTheta: number
  readonly ropeScaling: RopeScaling
  readonly attentionBias: boolean
  readonly mlpBias: boolean
  readonly tiedEmbeddings: boolean
  readonly beginToken: number | undefined
  readonly endTokens: readonly number[]
}

/**
 * Reads a Hugging Face config.json, in the old form (`rope_theta`, `rope_scaling`) or the new (`rope_parameters`).
 * An option that would change the numbers and is not implemented is refused, never ignored.
 *
 * @throws OL1302 when a field is missing or malformed
 * @throws OL1303 when the architecture is not Llama
 * @throws OL1304 when an option is not supported
 */
export function parseConfig(path: string, raw: unknown): LlamaConfig {
  const kind = z.object({ model_type: z.string() }).safeParse(raw)
  if (!kind.success) throw new OpenLedgerError('OL1302', { path, reason: 'config.json has no model_type' })
  if (kind.data.model_type !== 'llama')
    throw new OpenLedgerError('OL1303', { path, architecture: kind.data.model_type, supported: 'llama' })
  const parsed = llamaSchema.safeParse(raw)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new OpenLedgerError('OL1302', { path, reason: `config.json, ${issue?.path.join('.')}: ${issue?.message}` })
  }
  const config = parsed.data
  const unsupported = (field: string, reason: string): never => {
    throw new OpenLedgerError('OL1304', { field, path, reason })
  }
  if (config.hidden_act !== 'silu') unsupported('hidden_act', `${config.hidden_act} is not silu`)
  if (config.quantization_config != null) unsupported('quantization_config', 'the weights are quantised')
  const keyValueHeads = config.num_key_value_heads ?? config.num_attention_heads
  if (config.num_attention_heads % keyValueHeads !== 0)
    unsupported('num_key_value_heads', `${config.num_attention_heads} heads are no multiple of ${keyValueHeads}`)
  const headSize = config.head_dim ?? config.hidden_size / config.num_attention_heads
  if (!Number.isInteger(headSize) || headSize % 2 !== 0) unsupported('head_dim', `${headSize} is not an even integer`)
  const { rope_theta: newTheta, ...parameters } = config.rope_parameters ?? { rope_theta: undefined }
  const rotated = parameters['partial_rotary_factor'] ?? config.partial_rotary_factor ?? 1
  if (rotated !== 1) unsupported('partial_rotary_factor', `${String(rotated)} is not 1`)
  return {
    vocabSize: config.vocab_size,
    hiddenSize: config.hidden_size,
    intermediateSize: config.intermediate_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    keyValueHeads,
    headSize,
    maximumLength: config.max_position_embeddings,
    normEpsilon: config.rms_norm_eps,
    ropeTheta: typeof newTheta === 'number' ? newTheta : (config.rope_theta ?? 10_000),
    ropeScaling: parseScaling(config.rope_scaling ?? parameters, unsupported),
    attentionBias: config.attention_bias,
    mlpBias: config.mlp_bias,
    tiedEmbeddings: config.tie_word_embeddings,
    beginToken: config.bos_token_id ?? undefined,
    endTokens: [config.eos_token_id ?? []].flat(),
  }
}

function parseScaling(
  raw: Readonly<Record<string, unknown>>,
  unsupported: (field: string, reason: string) => never,
): RopeScaling {
  // Checkpoints of before 2024 say `type`.
  const type = raw['rope_type'] ?? raw['type'] ?? 'default'
  const parsed = scalingSchema.safeParse({ ...raw, rope_type: type })
  return parsed.success ? parsed.data : unsupported('rope_scaling', `${String(type)} with ${JSON.stringify(raw)}`)
}
