import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { parseWith } from '../../files/parseWith.js'
import type { ModelConfig } from './ModelConfig.js'

/** A positive integer. */
export const count = z.number().int().positive()

/** The fields of config.json that most decoders share, by their names there. */
export const decoderFields = {
  vocab_size: count,
  hidden_size: count,
  intermediate_size: count,
  // The forward pass is built layer by layer, so an absurd number of layers would exhaust the memory.
  num_hidden_layers: count.max(10_000),
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  max_position_embeddings: count,
  tie_word_embeddings: z.boolean().default(false),
  bos_token_id: z.number().int().nullish(),
  eos_token_id: z.union([z.number().int(), z.array(z.number().int())]).nullish(),
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
 * Options of transformers' decoders that change the forward pass, with their neutral values. Any other value is refused if
 * the architecture does not read the option. All remaining unknown fields do not affect the forward pass.
 */
const plainValues: Readonly<Record<string, readonly unknown[]>> = {
  add_cross_attention: [false],
  alibi: [false],
  attention_bias: [false],
  attention_multiplier: [null],
  attn_logit_softcapping: [null],
  clip_qkv: [null],
  embedding_multiplier: [null, 1],
  final_logit_softcapping: [null],
  is_encoder_decoder: [false],
  layer_types: [null],
  logit_scale: [null, 1],
  logits_scaling: [null, 1],
  mlp_bias: [false],
  no_rope_layers: [null],
  partial_rotary_factor: [null, 1],
  qk_layernorm: [null, false],
  quantization_config: [null],
  query_pre_attn_scalar: [null],
  residual_multiplier: [null, 1],
  rope_interleaved: [null, false],
  rope_parameters: [null],
  rope_scaling: [null],
  scale_attn_by_inverse_layer_idx: [false],
  sliding_window: [null],
  use_bidirectional_attention: [null, false],
  use_qk_norm: [null, false],
  use_sliding_window: [null, false],
}

/**
 * Reads the fields of config.json that an architecture knows.
 *
 * @throws OL1302 when one is missing or malformed
 * @throws OL1304 when another field would change the logits
 */
export function readFields<Shape extends z.ZodRawShape>(
  path: string,
  schema: z.ZodObject<Shape>,
  raw: unknown,
): z.infer<z.ZodObject<Shape>> {
  const fields = parseWith(
    schema,
    raw,
    ({ reason }) => new OpenLedgerError('OL1302', { path, reason: `config.json, ${reason}` }),
  )
  for (const [field, value] of Object.entries(raw as object)) {
    const plain = Object.hasOwn(plainValues, field) ? plainValues[field] : undefined
    if (plain === undefined || Object.hasOwn(schema.shape, field) || plain.includes(value)) continue
    if (field === 'layer_types' && (value as unknown[]).every((kind) => kind === 'full_attention')) continue
    refuseOption(path)(field, `${JSON.stringify(value)} is not supported for ${kindOf(raw)}`)
  }
  return fields
}

const kindOf = (raw: unknown): string => String((raw as { model_type?: unknown }).model_type)

const decoderSchema = z.object(decoderFields)

/** Checks {@link decoderFields} and names them. All layers have full attention, unless the architecture overrides it. */
export function decoderConfig(
  fields: Omit<z.infer<typeof decoderSchema>, 'intermediate_size'>,
  unsupported: Unsupported,
): ModelConfig {
  const { num_attention_heads: heads, num_hidden_layers: layers } = fields
  const keyValueHeads = fields.num_key_value_heads ?? heads
  if (heads % keyValueHeads !== 0)
    unsupported('num_key_value_heads', `${heads} heads are not a multiple of ${keyValueHeads}`)
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
