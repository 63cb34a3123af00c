import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import type { ModelConfig } from './Architecture.js'

const count = z.number().int().positive()

/** The fields of config.json that most decoders share, by their names there. */
export const decoderFields = {
  vocab_size: count,
  hidden_size: count,
  intermediate_size: count,
  // A forward pass is built layer by layer: a number of layers that no model has would only use up memory.
  num_hidden_layers: count.max(10_000),
  num_attention_heads: count,
  num_key_value_heads: count.optional(),
  head_dim: count.nullish(),
  max_position_embeddings: count,
  tie_word_embeddings: z.boolean().default(false),
  bos_token_id: z.number().int().nullish(),
  eos_token_id: z.union([z.number().int(), z.array(z.number().int())]).nullish(),
  quantization_config: z.unknown().optional(),
}

/** Refuses an option of config.json that is not implemented. */
export type Unsupported = (field: string, reason: string) => never

/** @throws OL1304 always */
export const refuseOption =
  (path: string): Unsupported =>
  (field, reason) => {
    throw new OpenLedgerError('OL1304', { field, path, reason })
  }

/**
 * Reads the fields that an architecture knows.
 *
 * @throws OL1302 when one is missing or malformed
 */
export function readFields<Fields>(path: string, schema: z.ZodType<Fields>, raw: unknown): Fields {
  const parsed = schema.safeParse(raw)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new OpenLedgerError('OL1302', { path, reason: `config.json, ${issue?.path.join('.')}: ${issue?.message}` })
}

const decoderSchema = z.object(decoderFields)

/** What {@link decoderFields} say, checked. All layers see all tokens before them unless the architecture says else. */
export function decoderConfig(fields: z.infer<typeof decoderSchema>, unsupported: Unsupported): ModelConfig {
  const { num_attention_heads: heads, num_hidden_layers: layers } = fields
  if (fields.quantization_config != null) unsupported('quantization_config', 'the weights are quantised')
  const keyValueHeads = fields.num_key_value_heads ?? heads
  if (heads % keyValueHeads !== 0)
    unsupported('num_key_value_heads', `${heads} heads are no multiple of ${keyValueHeads}`)
  const headSize = fields.head_dim ?? fields.hidden_size / heads
  if (!Number.isInteger(headSize) || headSize % 2 !== 0) unsupported('head_dim', `${headSize} is not an even integer`)
  return {
    vocabSize: fields.vocab_size,
    hiddenSize: fields.hidden_size,
    layers,
    heads,
    keyValueHeads,
    headSize,
    windows: Array<undefined>(layers).fill(undefined),
    maximumLength: fields.max_position_embeddings,
    tiedEmbeddings: fields.tie_word_embeddings,
    beginToken: fields.bos_token_id ?? undefined,
    endTokens: [fields.eos_token_id ?? []].flat(),
  }
}
