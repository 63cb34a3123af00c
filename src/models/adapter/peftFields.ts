import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

/** What is done about a field of adapter_config.json. */
export type FieldTreatment =
  /** It is read, and changes what is computed as it does in PEFT. */
  | 'computed'
  /** It changes nothing that PEFT computes with a saved adapter. */
  | 'harmless'
  /** It changes what PEFT computes in a way that is not implemented: only these values, which change nothing, are taken. */
  | { readonly only: readonly unknown[]; readonly hint: string }

const merged =
  'Merge it with PEFT (`merge_and_unload`) and use the merged model as --base, or train an adapter without this option'
const refused = (...only: readonly unknown[]): FieldTreatment => ({ only: [null, ...only], hint: merged })

/**
 * Every field of `LoraConfig` in PEFT 0.21, and what is done about it. Those of later versions are refused by name until they
 * have a row here; test/fixtures/peft/fields.json has the list that PEFT itself gives.
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
  // PEFT itself sets it as each layer has it, whatever is written.
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
  // PEFT reads these four where init_lora_weights says so, and nowhere else.
  loftq_config: 'harmless',
  eva_config: 'harmless',
  corda_config: 'harmless',
  lora_ga_config: 'harmless',
  use_dora: 'computed',
  velora_config: refused(),
  alora_invocation_tokens: refused(),
  use_qalora: refused(false),
  // Only where use_qalora is.
  qalora_group_size: 'harmless',
  monteclora_config: refused(),
  layer_replication: refused([]),
  // Where numbers are computed, not which; PEFT never saves it.
  runtime_config: 'harmless',
  lora_bias: refused(false),
  target_parameters: refused([]),
  use_bdlora: refused(false),
  arrow_config: refused(),
  kasa_config: refused(),
  ensure_weight_tying: refused(false),
}

/** What a field may be that no version of PEFT known here has: the ways in which a configuration says nothing. */
const nothing: readonly unknown[] = [null, false, '', [], {}]

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/**
 * Makes sure that everything in adapter_config.json is computed as PEFT does.
 *
 * @throws OL1316 of the first field that would change the numbers and is not implemented, or that is not known
 */
export function checkPeftFields(path: string, config: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(config)) {
    const treatment = Object.hasOwn(peftFields, field)
      ? (peftFields[field] as FieldTreatment)
      : { only: nothing, hint: 'Remove the field if it is no setting of PEFT; otherwise use an adapter without it' }
    if (typeof treatment === 'string' || treatment.only.some((plain) => same(plain, value))) continue
    throw refusedField(path, field, value, treatment.hint)
  }
}

/** The error of a field that PEFT would compute something with that is not implemented here. */
export const refusedField = (path: string, field: string, value: unknown, hint: string): OpenLedgerError =>
  new OpenLedgerError('OL1316', { path, field, value: shortened(JSON.stringify(value)), hint })

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}...` : text)
