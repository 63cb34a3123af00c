import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { isHubReference } from '../config/baseReference.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { formatShape, sameShape, sizeOf } from '../onnx/Value.js'
import type { Network } from './BaseModel.js'
import type { LinearModule } from './Linear.js'
import { readModelJson } from './readModelJson.js'
import { float32Tensor, openSafetensors, readFloat32, serializeSafetensors } from './safetensors.js'

/** One trained matrix of an adapter and its place in the flat parameter vector. */
export interface AdapterParameter {
  /** Module path and side, as in PEFT: `model.layers.0.self_attn.q_proj.lora_A`. */
  readonly name: string
  readonly module: string
  readonly side: 'lora_A' | 'lora_B' | 'lora_magnitude_vector'
  /** lora_A [rank, inputs], lora_B [outputs, rank], lora_magnitude_vector [outputs]. */
  readonly shape: readonly number[]
  readonly offset: number
  readonly size: number
}

/** Where an adapter sits on a base model (Hu et al. 2021, https://arxiv.org/abs/2106.09685). */
export interface AdapterLayout {
  readonly rank: number
  readonly alpha: number
  /** alpha / rank, or alpha / sqrt(rank) with rsLoRA. */
  readonly scaling: number
  readonly useRslora: boolean
  readonly useDora: boolean
  /** Share of a layer's inputs that its low-rank path does not see while it is trained. */
  readonly dropout: number
  readonly targetModules: readonly string[] | string
  /** The adapted weights lie as [inputs, outputs] in the checkpoint, which PEFT calls `fan_in_fan_out`. */
  readonly transposed: boolean
  /** Decoder layers that are adapted, from 0; all where undefined. */
  readonly layers: readonly number[] | undefined
  readonly parameters: readonly AdapterParameter[]
  /** Trained numbers in all. */
  readonly size: number
}

export interface Adapter {
  readonly layout: AdapterLayout
  /** All parameters one after the other, in the layout's order. */
  readonly values: Float32Array
}

export interface AdapterOptions {
  readonly rank: number
  readonly alpha: number
  readonly useRslora?: boolean
  readonly useDora?: boolean
  readonly dropout?: number
  /** Last parts of module names, a regular expression over whole names, or `all-linear`; as in PEFT. */
  readonly targetModules: readonly string[] | string
  /** Decoder layers to adapt, from 0; all unless given. */
  readonly layers?: readonly number[] | undefined
}

/** The last parts of the names of linear layers, each once. */
const lastParts = (modules: readonly LinearModule[]): string[] => [
  ...new Set(modules.map(({ name }) => name.slice(name.lastIndexOf('.') + 1))),
]

/**
 * Lays an adapter out over the linear layers of a model.
 *
 * @throws OL1310 when no layer matches, OL1425 when a decoder layer does not exist
 */
export function adapterLayout(base: Network, options: AdapterOptions): AdapterLayout {
  const { rank, alpha, useRslora = false, useDora = false, dropout = 0, targetModules, layers } = options
  const modules = base.architecture.modules(base.config)
  const matches = moduleFilter(targetModules)
  const isWanted = ({ name }: LinearModule): boolean => !layers || layers.includes(layerOf(name))
  const [missing] = layers?.filter((layer) => !modules.some(({ name }) => layerOf(name) === layer)) ?? []
  if (missing !== undefined) throw new OpenLedgerError('OL1425', { layer: missing, last: base.config.layers - 1 })
  const parameters: AdapterParameter[] = []
  let size = 0
  const place = ({ name: module }: LinearModule, side: AdapterParameter['side'], shape: readonly number[]): void => {
    parameters.push({ name: `${module}.${side}`, module, side, shape, offset: size, size: sizeOf(shape) })
    size += sizeOf(shape)
  }
  const adapted = modules.filter((module) => matches(module.name) && isWanted(module))
  for (const module of adapted) {
    place(module, 'lora_A', [rank, module.inputs])
    place(module, 'lora_B', [module.outputs, rank])
    if (useDora) place(module, 'lora_magnitude_vector', [module.outputs])
  }
  if (size === 0)
    throw new OpenLedgerError('OL1310', {
      targets: [targetModules].flat().join(', '),
      available: lastParts(modules).join(', '),
    })
  const scaling = alpha / (useRslora ? Math.sqrt(rank) : rank)
  return {
    rank,
    alpha,
    scaling,
    useRslora,
    useDora,
    dropout,
    // Spelt out: every version of PEFT knows names, and means the same by them whatever the model's other layers are.
    targetModules: targetModules === 'all-linear' ? lastParts(modules) : targetModules,
    layers,
    transposed: adapted.some(({ transposed }) => transposed),
    parameters,
    size,
  }
}

/** The number of the decoder layer in a module's name, as PEFT finds it. */
const layerOf = (module: string): number => Number(/\.(\d+)\./.exec(module)?.[1] ?? Number.NaN)

function moduleFilter(targets: readonly string[] | string): (module: string) => boolean {
  if (targets === 'all-linear') return () => true
  if (typeof targets === 'string') {
    let pattern: RegExp
    try {
      pattern = new RegExp(`^(?:${targets})$`)
    } catch {
      // No regular expression matches no layer.
      return () => false
    }
    return (module) => pattern.test(module)
  }
  return (module) => targets.some((target) => module === target || module.endsWith(`.${target}`))
}

/** A parameter's name in adapter_model.safetensors. */
const keyOf = (name: string): string =>
  `base_model.model.${name}${name.endsWith('.lora_magnitude_vector') ? '' : '.weight'}`

/** adapter_model.safetensors as PEFT reads it, and its sha256. */
export function serializeAdapter({ layout, values }: Adapter): { parts: Uint8Array[]; hash: `0x${string}` } {
  const tensors = new Map(
    layout.parameters.map(({ name, shape, offset, size }) => [
      keyOf(name),
      float32Tensor(values.subarray(offset, offset + size), shape),
    ]),
  )
  const parts = serializeSafetensors(tensors, { format: 'pt' })
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return { parts, hash: `0x${hash.digest('hex')}` }
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
  bias: 'none',
  fan_in_fan_out: layout.transposed,
  inference_mode: true,
  init_lora_weights: true,
  modules_to_save: null,
  rank_pattern: {},
  alpha_pattern: {},
  use_rslora: layout.useRslora,
  use_dora: layout.useDora,
})

/** What names the adapted layers. PEFT takes a choice of decoder layers with a list of names, not with a pattern. */
function targetsOf({ targetModules, layers, parameters }: AdapterLayout): Record<string, unknown> {
  if (layers === undefined) return { target_modules: targetModules }
  return typeof targetModules === 'string'
    ? { target_modules: [...new Set(parameters.map(({ module }) => module))] }
    : { target_modules: targetModules, layers_to_transform: layers }
}

const peftSchema = z.looseObject({
  peft_type: z.literal('LORA'),
  r: z.number().int().positive(),
  lora_alpha: z.number().positive(),
  target_modules: z.union([z.string(), z.array(z.string()).min(1)]).nullish(),
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
})

/** Options of PEFT that change what an adapter computes and that this reader does not know, with their harmless values. */
const plainValues: Readonly<Record<string, readonly unknown[]>> = {
  exclude_modules: [null],
  alora_invocation_tokens: [null],
  arrow_config: [null],
  velora_config: [null],
  monteclora_config: [null],
  kasa_config: [null],
  use_qalora: [false],
  use_bdlora: [null, false],
  bias: ['none'],
  lora_bias: [false],
  modules_to_save: [null],
  layers_pattern: [null, []],
  layer_replication: [null],
  trainable_token_indices: [null],
  target_parameters: [null],
}

/** The base model that an adapter says it was trained on: a path, or a model of the Hugging Face Hub. */
export async function adapterBase(path: string): Promise<string | undefined> {
  const named = z.object({ base_model_name_or_path: z.string().min(1), revision: z.string().min(1).nullish() })
  const { data } = named.safeParse(await readModelJson(join(path, 'adapter_config.json')))
  if (data === undefined) return undefined
  const { base_model_name_or_path: base, revision } = data
  return revision != null && isHubReference(base) ? `${base}@${revision}` : base
}

/**
 * Reads a PEFT LoRA adapter folder and lays it over the base model.
 *
 * @throws OL1308 when the folder is no LoRA adapter, or uses an option that would change its numbers
 * @throws OL1309 when its tensors do not fit the model, OL1314 when they hold NaN or infinities
 */
export async function openAdapter(path: string, base: Network): Promise<Adapter> {
  const raw = await readModelJson(join(path, 'adapter_config.json'))
  const parsed = peftSchema.safeParse(raw)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new OpenLedgerError('OL1308', { path, reason: `${issue?.path.join('.')}: ${issue?.message}` })
  }
  const config = parsed.data as typeof parsed.data & Readonly<Record<string, unknown>>
  for (const [field, plain] of Object.entries(plainValues))
    if (config[field] !== undefined && !plain.includes(config[field]))
      throw new OpenLedgerError('OL1308', {
        path,
        reason: `${field} ${JSON.stringify(config[field])} is not supported`,
      })
  for (const field of ['rank_pattern', 'alpha_pattern'])
    if (Object.keys((config[field] ?? {}) as object).length > 0)
      throw new OpenLedgerError('OL1308', { path, reason: `${field} is not supported` })
  const targetModules = config.target_modules ?? base.architecture.defaultTargets
  if (targetModules === undefined)
    throw new OpenLedgerError('OL1308', {
      path,
      reason: 'target_modules is missing, and PEFT has no default for this model',
    })
  const layout = adapterLayout(base, {
    rank: config.r,
    alpha: config.lora_alpha,
    useRslora: config.use_rslora,
    useDora: config.use_dora,
    dropout: config.lora_dropout,
    targetModules,
    layers: config.layers_to_transform ?? undefined,
  })
  return { layout, values: await readValues(path, layout, String(config['base_model_name_or_path'] ?? 'not named')) }
}

async function readValues(path: string, layout: AdapterLayout, base: string): Promise<Float32Array> {
  const file = await openSafetensors(join(path, 'adapter_model.safetensors'))
  const misfit = (reason: string): OpenLedgerError => new OpenLedgerError('OL1309', { path, base, reason })
  const unread = new Set(file.tensors.keys())
  // Every shape before any memory is asked for: the rank is a claim of the configuration until then.
  for (const { name, shape } of layout.parameters) {
    const key = keyOf(name)
    const entry = file.tensors.get(key)
    if (entry === undefined) throw misfit(`it has no ${key}`)
    if (!sameShape(entry.shape, shape))
      throw misfit(`${key} is ${formatShape(entry.shape)}, the model wants ${formatShape(shape)}`)
    unread.delete(key)
  }
  const [extra] = unread
  if (extra !== undefined) throw misfit(`the model has no place for ${extra}`)
  const values = new Float32Array(layout.size)
  for (const { name, offset } of layout.parameters) {
    const part = await readFloat32(file, keyOf(name))
    if (!part.every(Number.isFinite)) throw new OpenLedgerError('OL1314', { path: file.path, name: keyOf(name) })
    values.set(part, offset)
  }
  return values
}
