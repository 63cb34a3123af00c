import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { adapterBase } from './adapter.js'
import { readArchitecture } from './architectures.js'
import { hashModel } from './BaseModel.js'
import { ChatTokenizer } from './ChatTokenizer.js'
import { generationEndTokens } from './generationConfig.js'
import { weightFilesOf } from './mergeAdapter.js'
import { readModelJson } from './readModelJson.js'
import type { ResolvedBase } from './resolveBase.js'
import { openSafetensors, type SafetensorsFile } from './safetensors.js'

interface Tensors {
  /** Numbers in all tensors. */
  readonly parameters: number
  /** How many numbers are of each type, as safetensors names it. */
  readonly dtypes: Readonly<Record<string, number>>
  readonly bytes: number
}

export interface InspectedBase extends Tensors {
  readonly kind: 'base'
  readonly path: string
  readonly source: { readonly id: string; readonly revision: string } | null
  readonly architecture: string
  readonly layers: number
  readonly hiddenSize: number
  readonly heads: number
  readonly keyValueHeads: number
  readonly headSize: number
  readonly vocabulary: number
  /** Tokens that the model was made to read. */
  readonly context: number
  readonly tiedEmbeddings: boolean
  readonly tokenizer: { readonly tokens: number; readonly endTokens: readonly number[]; readonly chatTemplate: boolean }
  /** Last parts of the names of linear layers: what an adapter can target. */
  readonly linearLayers: readonly string[]
  readonly files: readonly string[]
  readonly hash: `0x${string}`
}

export interface InspectedAdapter extends Tensors {
  readonly kind: 'adapter'
  readonly path: string
  readonly base: string | null
  readonly rank: number
  readonly alpha: number
  readonly scaling: number
  readonly useRslora: boolean
  readonly useDora: boolean
  readonly targetModules: readonly string[] | string | null
  /** Linear layers that it changes. */
  readonly modules: number
  /** sha256 of adapter_model.safetensors. */
  readonly hash: `0x${string}`
}

const adapterSchema = z.object({
  peft_type: z.literal('LORA'),
  r: z.number().int().positive(),
  lora_alpha: z.number(),
  // Without it PEFT has a default for the model.
  target_modules: z.union([z.string(), z.array(z.string())]).nullish(),
  use_rslora: z.boolean().default(false),
  use_dora: z.boolean().default(false),
})

/**
 * What a folder holds, a base model or an adapter, told from its headers; no weight is converted and nothing is computed.
 *
 * @throws OL1302 and others of a folder that is no model, OL1308 of one that is no LoRA adapter
 */
export async function inspectModel({ path: folder, source }: ResolvedBase): Promise<InspectedBase | InspectedAdapter> {
  const path = resolve(folder)
  const isAdapter = await access(join(path, 'adapter_config.json')).then(
    () => true,
    () => false,
  )
  return isAdapter ? inspectAdapter(path) : inspectBase(path, source)
}

async function inspectBase(path: string, source: ResolvedBase['source']): Promise<InspectedBase> {
  await access(join(path, 'config.json')).catch((cause: unknown) => {
    throw new OpenLedgerError(
      'OL1302',
      { path, reason: 'it has neither config.json nor adapter_config.json' },
      { cause },
    )
  })
  const raw = await readModelJson(join(path, 'config.json'))
  const { architecture, config } = readArchitecture(path, raw)
  const tokenizer = await ChatTokenizer.open(path)
  const ends = [...config.endTokens, ...(await generationEndTokens(path)), ...[tokenizer.endToken ?? []].flat()]
  const files = await weightFilesOf(path)
  const modules = architecture.modules(config).map(({ name }) => name.split('.').at(-1) as string)
  return {
    kind: 'base',
    path,
    source: source ?? null,
    architecture: (raw as { readonly model_type: string }).model_type,
    ...(await count(files.map(({ file }) => file))),
    layers: config.layers,
    hiddenSize: config.hiddenSize,
    heads: config.heads,
    keyValueHeads: config.keyValueHeads,
    headSize: config.headSize,
    vocabulary: config.vocabSize,
    context: config.maximumLength,
    tiedEmbeddings: config.tiedEmbeddings,
    tokenizer: {
      tokens: tokenizer.vocabularySize,
      endTokens: [...new Set(ends)],
      chatTemplate: tokenizer.hasTemplate,
    },
    linearLayers: [...new Set(modules)],
    files: files.map(({ name }) => name),
    hash: await hashModel(path),
  }
}

async function inspectAdapter(path: string): Promise<InspectedAdapter> {
  const parsed = adapterSchema.safeParse(await readModelJson(join(path, 'adapter_config.json')))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new OpenLedgerError('OL1308', { path, reason: `${issue?.path.join('.')}: ${issue?.message}` })
  }
  const { r: rank, lora_alpha: alpha, use_rslora: useRslora, use_dora: useDora, target_modules } = parsed.data
  const file = await openSafetensors(join(path, 'adapter_model.safetensors'))
  return {
    kind: 'adapter',
    path,
    base: (await adapterBase(path)) ?? null,
    rank,
    alpha,
    scaling: alpha / (useRslora ? Math.sqrt(rank) : rank),
    useRslora,
    useDora,
    targetModules: target_modules ?? null,
    modules: [...file.tensors.keys()].filter((name) => name.endsWith('.lora_A.weight')).length,
    ...(await count([file])),
    hash: await sha256(file.path),
  }
}

async function count(files: readonly SafetensorsFile[]): Promise<Tensors> {
  const dtypes: Record<string, number> = {}
  let parameters = 0
  for (const { tensors } of files)
    for (const { dtype, shape } of tensors.values()) {
      const size = shape.reduce((product, extent) => product * extent, 1)
      dtypes[dtype] = (dtypes[dtype] ?? 0) + size
      parameters += size
    }
  const sizes = await Promise.all(files.map(({ path }) => stat(path)))
  return { parameters, dtypes, bytes: sizes.reduce((sum, { size }) => sum + size, 0) }
}

async function sha256(path: string): Promise<`0x${string}`> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return `0x${hash.digest('hex')}`
}
