import { join } from 'node:path'
import { z } from 'zod'
import { isHubReference } from '../../config/baseReference.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { parseWith } from '../../files/parseWith.js'
import { readModelJson } from '../readModelJson.js'
import type { AdapterLayout, AdapterOptions } from './adapterLayout.js'
import { checkPeftFields, refusedField } from './peftFields.js'
import { trainedBiases } from './trainedBiases.js'

/** Ways in which PEFT takes the first matrices of an adapter out of the base, every time that the adapter is opened. */
export const mutations = ['olora', 'pissa'] as const
export type Mutation = (typeof mutations)[number]

/** What adapter_config.json says. */
export interface AdapterConfig extends Omit<AdapterOptions, 'targetModules'> {
  readonly targetModules: AdapterOptions['targetModules'] | undefined
  /** The base model by its name there: a path, or a model of the Hugging Face Hub with its revision. */
  readonly base: string | undefined
  /** What the base is changed by before the adapter sits on it. */
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
 * Reads the adapter_config.json of a PEFT LoRA adapter. Every field is computed as PEFT does, or refused.
 *
 * @throws OL1308 when it is none, OL1316 of a field that would change the numbers and is not implemented
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
  // As PEFT: it takes these two with a list of names only, and the second only with the first.
  if (typeof config.target_modules === 'string' && (layers != null || lists?.length))
    refuse('layers_to_transform and layers_pattern go with a list of target_modules only')
  if (lists?.length && layers == null) refuse('layers_pattern goes with layers_to_transform only')
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

/** The base model that an adapter says it was trained on: a path, or a model of the Hugging Face Hub. */
export async function adapterBase(path: string): Promise<string | undefined> {
  const named = z.object({ base_model_name_or_path: z.string().min(1), revision: z.string().min(1).nullish() })
  const { data } = named.safeParse(await readModelJson(join(path, 'adapter_config.json')))
  if (data === undefined) return undefined
  const { base_model_name_or_path: base, revision } = data
  return revision != null && isHubReference(base) ? `${base}@${revision}` : base
}

/** Values of init_lora_weights that decide what an adapter begins with, and nothing about a trained one. */
const onlyBeginnings = ['gaussian', 'eva', 'orthogonal']

/** How an adapter becomes one that every tool reads as plain LoRA. */
export const conversionHint =
  'Save the adapter again with PEFT as plain LoRA: save_pretrained(folder, path_initial_model_for_weight_conversion=…)'

function mutationOf(path: string, initialisation: boolean | string): Mutation | undefined {
  if (typeof initialisation === 'boolean') return undefined
  const name = initialisation.toLowerCase()
  if (onlyBeginnings.includes(name)) return undefined
  // PEFT reads `pissa` as it is written, and `olora` in any case.
  const mutation = mutations.find((known) => known === (known === 'olora' ? name : initialisation))
  if (mutation) return mutation
  throw refusedField(path, 'init_lora_weights', initialisation, conversionHint)
}

/** adapter_config.json for PEFT: few fields, since a version of PEFT that does not know one refuses the file. */
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

/** What names the adapted layers. PEFT takes a choice of decoder layers with a list of names, not with a pattern. */
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
