import { join } from 'node:path'
import { z } from 'zod'
import { isHubReference } from '../../config/baseReference.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { parseWith } from '../../files/parseWith.js'
import { readModelJson } from '../readModelJson.js'
import type { AdapterLayout, AdapterOptions } from './adapterLayout.js'
import { checkPeftFields, refusedField } from './peftFields.js'
import { trainedBiases } from './trainedBiases.js'

/** Initializations for which PEFT subtracts the initial low-rank product from the base every time it opens the adapter. */
export const mutations = ['olora', 'pissa'] as const
export type Mutation = (typeof mutations)[number]

/** The options in an adapter_config.json. */
export interface AdapterConfig extends Omit<AdapterOptions, 'targetModules'> {
  readonly targetModules: AdapterOptions['targetModules'] | undefined
  /** The base model: a path, or a model of the Hugging Face Hub with its revision. */
  readonly base: string | undefined
  /** How PEFT changes the base before it adds the adapter. */
  readonly mutation: Mutation | undefined
}

const names = z.union([z.string(), z.array(z.string())])
const schema = z.looseObject({
  peft_type: z.literal('LORA'),
  r: z.number().int().positive(),
  lora_alpha: z.number().positive(),
  target_modules: z.union([z.string(), z.array(z.string()).min(1)]).nullish(),
  exclude_modules: names.nullish(),
  bias: z.enum(trainedBiases).default('none'),
  modules_to_save: z.array(z.string().min(1)).nullish(),
  use_rslora: z.boolean().default(false),
  use_dora: z.boolean().default(false),
  lora_dropout: z.number().min(0).lt(1).default(0),
  layers_to_transform: z
    .union([
      z
        .int()
        .nonnegative()
        .transform((layer) => [layer]),
      z.array(z.int().nonnegative()),
    ])
    .nullish(),
  layers_pattern: names.transform((pattern) => [pattern].flat().filter((name) => name !== '')).nullish(),
  rank_pattern: z.record(z.string(), z.number().int().positive()).nullish(),
  alpha_pattern: z.record(z.string(), z.number().positive()).nullish(),
  init_lora_weights: z.union([z.boolean(), z.string()]).nullish(),
})

/**
 * Reads the adapter_config.json of a PEFT LoRA adapter. Every field has the same effect as in PEFT, or is refused.
 *
 * @throws OL1308 when it is malformed, OL1316 when a field that would change the logits is not implemented
 */
export async function readAdapterConfig(path: string): Promise<AdapterConfig> {
  const raw = await readModelJson(join(path, 'adapter_config.json'))
  const refuse = (reason: string): never => {
    throw new OpenLedgerError('OL1308', { path, reason })
  }
  const config = parseWith(schema, raw, ({ reason }) => new OpenLedgerError('OL1308', { path, reason }))
  checkPeftFields(path, config)
  const { layers_to_transform: layers, layers_pattern: lists } = config
  const { exclude_modules: excluded, rank_pattern: ranks, alpha_pattern: alphas, modules_to_save: saved } = config
  // As in PEFT, both fields require a list of names, and the second field requires the first.
  if (typeof config.target_modules === 'string' && (layers != null || lists?.length))
    refuse('layers_to_transform and layers_pattern require target_modules to be a list')
  if (lists?.length && layers == null) refuse('layers_pattern requires layers_to_transform')
  return {
    base: await adapterBase(path),
    mutation: mutationOf(path, config.init_lora_weights ?? false),
    rank: config.r,
    alpha: config.lora_alpha,
    useRslora: config.use_rslora,
    useDora: config.use_dora,
    dropout: config.lora_dropout,
    targetModules: config.target_modules ?? undefined,
    ...(excluded && excluded.length > 0 && { excludeModules: excluded }),
    ...(layers && layers.length > 0 && { layers }),
    ...(lists && lists.length > 0 && { layersPattern: lists }),
    bias: config.bias,
    ...(saved && saved.length > 0 && { modulesToSave: saved }),
    ...(ranks && Object.keys(ranks).length > 0 && { rankPattern: ranks }),
    ...(alphas && Object.keys(alphas).length > 0 && { alphaPattern: alphas }),
  }
}

/** The base model that an adapter declares: a path, or a model of the Hugging Face Hub. */
export async function adapterBase(path: string): Promise<string | undefined> {
  const named = z.object({ base_model_name_or_path: z.string().min(1), revision: z.string().min(1).nullish() })
  const { data } = named.safeParse(await readModelJson(join(path, 'adapter_config.json')))
  if (data === undefined) return undefined
  const { base_model_name_or_path: base, revision } = data
  return revision != null && isHubReference(base) ? `${base}@${revision}` : base
}

/** Values of init_lora_weights that only affect an untrained adapter. */
const onlyBeginnings = ['gaussian', 'eva', 'orthogonal']

/** How to convert an adapter to plain LoRA, which every tool can read. */
export const conversionHint =
  'Save the adapter again with PEFT as plain LoRA: save_pretrained(folder, path_initial_model_for_weight_conversion=…)'

function mutationOf(path: string, initialization: boolean | string): Mutation | undefined {
  if (typeof initialization === 'boolean') return undefined
  const name = initialization.toLowerCase()
  if (onlyBeginnings.includes(name)) return undefined
  // In PEFT, `pissa` is case-sensitive and `olora` is not.
  const mutation = mutations.find((known) => known === (known === 'olora' ? name : initialization))
  if (mutation) return mutation
  throw refusedField(path, 'init_lora_weights', initialization, conversionHint)
}

/** adapter_config.json for PEFT. It has few fields, because PEFT refuses a file with a field that its version does not know. */
export const adapterConfig = (
  layout: AdapterLayout,
  base: { readonly path: string; readonly id?: string | undefined; readonly revision?: string | undefined },
): Record<string, unknown> => ({
  peft_type: 'LORA',
  task_type: 'CAUSAL_LM',
  base_model_name_or_path: base.id ?? base.path,
  ...(base.revision !== undefined && { revision: base.revision }),
  r: layout.rank,
  lora_alpha: layout.alpha,
  lora_dropout: layout.dropout,
  ...targetsOf(layout),
  bias: layout.bias,
  fan_in_fan_out: layout.transposed,
  inference_mode: true,
  init_lora_weights: true,
  modules_to_save: layout.modulesToSave ?? null,
  rank_pattern: layout.rankPattern ?? {},
  alpha_pattern: layout.alphaPattern ?? {},
  use_rslora: layout.useRslora,
  use_dora: layout.useDora,
})

/** The fields that select the adapted layers. PEFT allows a choice of decoder layers only with a list of names. */
function targetsOf(layout: AdapterLayout): Record<string, unknown> {
  const { targetModules, excludeModules, layers, layersPattern, parameters } = layout
  if (layers !== undefined && typeof targetModules === 'string')
    return { target_modules: [...new Set(parameters.map(({ module }) => module))] }
  return {
    target_modules: targetModules,
    ...(excludeModules !== undefined && { exclude_modules: excludeModules }),
    ...(layers !== undefined && { layers_to_transform: layers }),
    ...(layersPattern !== undefined && { layers_pattern: layersPattern }),
  }
}
