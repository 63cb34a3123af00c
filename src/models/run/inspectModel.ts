import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { openAdapterWeights } from '../adapter/adapter.js'
import { type Mutation, readAdapterConfig } from '../adapter/adapterConfig.js'
import type { ModulePattern } from '../adapter/adapterLayout.js'
import { weightFilesOf } from '../adapter/mergeAdapter.js'
import type { TrainedBias } from '../adapter/trainedBiases.js'
import { readArchitecture } from '../architectures/architectures.js'
import { hashModel } from '../base/BaseModel.js'
import { generationEndTokens } from '../base/generationConfig.js'
import { ChatTokenizer } from '../chat/ChatTokenizer.js'
import type { ResolvedBase } from '../hub/resolveBase.js'
import { readModelJson } from '../readModelJson.js'
import type { SafetensorsFile } from '../weights/safetensors.js'

/** The tensors that a model or an adapter holds. */
export interface InspectedTensors {
  /** Number of elements in all tensors. */
  readonly parameters: number
  /** Number of elements of each type, by its name in safetensors. */
  readonly dtypes: Readonly<Record<string, number>>
  readonly bytes: number
}

export interface InspectedBase extends InspectedTensors {
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
  /** Context length in tokens. */
  readonly context: number
  readonly tiedEmbeddings: boolean
  readonly tokenizer: { readonly tokens: number; readonly endTokens: readonly number[]; readonly chatTemplate: boolean }
  /** Last parts of the names of linear layers, which an adapter can target. */
  readonly linearLayers: readonly string[]
  readonly files: readonly string[]
  readonly hash: `0x${string}`
}

export interface InspectedAdapter extends InspectedTensors {
  readonly kind: 'adapter'
  readonly path: string
  readonly base: string | null
  readonly rank: number
  readonly alpha: number
  readonly scaling: number
  readonly useRslora: boolean
  readonly useDora: boolean
  /** Ranks and alphas that differ, by regular expressions over layer names. */
  readonly rankPattern: ModulePattern
  readonly alphaPattern: ModulePattern
  /** Modules that are trained and saved in full. */
  readonly modulesToSave: readonly string[] | null
  readonly bias: TrainedBias
  /** How PEFT changes the base when it opens the adapter; the result equals plain LoRA of twice the rank. */
  readonly initialisation: Mutation | null
  readonly targetModules: readonly string[] | string | null
  readonly excludeModules: readonly string[] | string | null
  /** Number of adapted layers. */
  readonly modules: number
  /** sha256 of adapter_model.safetensors. */
  readonly hash: `0x${string}`
}

/**
 * Describes a base model or an adapter from its headers, without converting weights.
 *
 * @throws OL1302 and other errors when the folder is not a model, OL1308 when it is not a LoRA adapter
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
  const config = await readAdapterConfig(path)
  const { rank, alpha, useRslora = false, useDora = false, rankPattern = {}, alphaPattern = {} } = config
  const file = await openAdapterWeights(path)
  return {
    kind: 'adapter',
    path,
    base: config.base ?? null,
    rank,
    alpha,
    scaling: alpha / (useRslora ? Math.sqrt(rank) : rank),
    useRslora,
    useDora,
    rankPattern,
    alphaPattern,
    modulesToSave: config.modulesToSave ?? null,
    bias: config.bias ?? 'none',
    initialisation: config.mutation ?? null,
    targetModules: config.targetModules ?? null,
    excludeModules: config.excludeModules ?? null,
    modules: [...file.tensors.keys()].filter((name) => /\.lora_(A\.weight|embedding_A)$/.test(name)).length,
    ...(await count([file])),
    hash: await sha256(file.path),
  }
}

async function count(files: readonly SafetensorsFile[]): Promise<InspectedTensors> {
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
