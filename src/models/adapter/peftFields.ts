import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

/** The treatment of a field of adapter_config.json. */
export type FieldTreatment =
  /** The field is read and has the same effect as in PEFT. */
  | 'computed'
  /** The field has no effect on a saved adapter in PEFT. */
  | 'harmless'
  /** The effect of the field in PEFT is not implemented: only these values, which have no effect, are accepted. */
  | { readonly only: readonly unknown[]; readonly hint: string }

const merged =
  'Merge it with PEFT (`merge_and_unload`) and use the merged model as --base, or train an adapter without this option'
const refused = (...only: readonly unknown[]): FieldTreatment => ({ only: [null, ...only], hint: merged })

/**
 * The treatment of every field of `LoraConfig` in PEFT 0.21. A field of a later version is refused by name until it has a row
 * here; test/fixtures/peft/fields.json is PEFT's own list.
 */
export const peftFields: Readonly<Record<string, FieldTreatment>> = {
  task_type: {
    only: [null, 'CAUSAL_LM'],
    hint: 'Use an adapter of a causal language model: heads for other tasks are not supported',
  },
  peft_type: 'computed',
  auto_mapping: 'harmless',
  peft_version: 'harmless',
  base_model_name_or_path: 'computed',
  revision: 'computed',
  inference_mode: 'harmless',
  r: 'computed',
  target_modules: 'computed',
  exclude_modules: 'computed',
  lora_alpha: 'computed',
  lora_dropout: 'computed',
  // PEFT corrects it to match each layer.
  fan_in_fan_out: 'harmless',
  bias: 'computed',
  use_rslora: 'computed',
  modules_to_save: 'computed',
  init_lora_weights: 'computed',
  layers_to_transform: 'computed',
  layers_pattern: 'computed',
  rank_pattern: 'computed',
  alpha_pattern: 'computed',
  megatron_config: refused({}),
  megatron_core: 'harmless',
  trainable_token_indices: refused([]),
  // PEFT reads these four only for the matching init_lora_weights.
  loftq_config: 'harmless',
  eva_config: 'harmless',
  corda_config: 'harmless',
  lora_ga_config: 'harmless',
  use_dora: 'computed',
  velora_config: refused(),
  alora_invocation_tokens: refused(),
  use_qalora: refused(false),
  // PEFT reads it only with use_qalora.
  qalora_group_size: 'harmless',
  monteclora_config: refused(),
  layer_replication: refused([]),
  // It only affects performance, and PEFT never saves it.
  runtime_config: 'harmless',
  lora_bias: refused(false),
  target_parameters: refused([]),
  use_bdlora: refused(false),
  arrow_config: refused(),
  kasa_config: refused(),
  ensure_weight_tying: refused(false),
}

/** Accepted values of unknown fields: those that mean that the option is not used. */
const nothing: readonly unknown[] = [null, false, '', [], {}]

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/**
 * Checks that every field of adapter_config.json has the same effect here as in PEFT.
 *
 * @throws OL1316 for the first field that is unknown, or that would change the logits and is not implemented
 */
export function checkPeftFields(path: string, config: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(config)) {
    const treatment = Object.hasOwn(peftFields, field)
      ? (peftFields[field] as FieldTreatment)
      : { only: nothing, hint: 'Remove the field if it is not a setting of PEFT; otherwise use an adapter without it' }
    if (typeof treatment === 'string' || treatment.only.some((plain) => same(plain, value))) continue
    throw refusedField(path, field, value, treatment.hint)
  }
}

/** The error for a field whose effect in PEFT is not implemented. */
export const refusedField = (path: string, field: string, value: unknown, hint: string): OpenLedgerError =>
  new OpenLedgerError('OL1316', { path, field, value: shortened(JSON.stringify(value)), hint })

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}...` : text)
