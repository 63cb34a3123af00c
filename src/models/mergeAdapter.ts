import { constants } from 'node:fs'
import { copyFile, type FileHandle, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import { writeFileAtomic } from '../files/writeFileAtomic.js'
import { type Adapter, openAdapter } from './adapter.js'
import { type BaseModel, openBaseModel } from './BaseModel.js'
import { shardsOf, weightsIndexName, weightsName } from './hubCache.js'
import type { LinearModule } from './Linear.js'
import { narrow, type WeightType, weightTypes } from './narrow.js'
import { readModelJson } from './readModelJson.js'
import type { ResolvedBase } from './resolveBase.js'
import {
  type ElementType,
  openSafetensors,
  readTensor,
  type SafetensorsFile,
  safetensorsHead,
  toFloat32,
} from './safetensors.js'
import { nameInCheckpoint } from './weights.js'

export interface MergeAdapterParameters {
  readonly base: string | ResolvedBase
  /** Folder of a LoRA adapter; without one the base is copied, in another type of numbers perhaps. */
  readonly adapter?: string
  /** Folder to write; it must be empty, or not be there. */
  readonly output: string
  /** Type of the weights; that of each tensor of the base unless given. */
  readonly dtype?: WeightType
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

export interface MergeAdapterReturnType {
  readonly output: string
  /** Linear layers that the adapter changed. */
  readonly merged: number
  readonly tensors: number
  readonly bytes: number
}

/**
 * Writes base and adapter as one model: a Hugging Face folder with W + scaling B A (with DoRA, its rows scaled to their
 * magnitudes) in every adapted layer, the other
 * tensors, the tokenizer and the generation settings as they are. One tensor is in memory at a time, the sum is taken in
 * float32 and rounded once. The folder appears whole or not at all.
 *
 * @param besides called with the base before anything is written; what it returns writes more into the folder before it appears
 * @throws OL1302 and others of a bad base, OL1308 and OL1309 of a bad adapter, OL1902 when `output` is not empty, OL1338
 * when a weight is too large for the type, OL1901 when it cannot be written
 * @example
 * await mergeAdapter({ base: 'base-model', adapter: 'adapter', output: 'merged', dtype: 'bfloat16' })
 */
export async function mergeAdapter(
  parameters: MergeAdapterParameters,
  besides?: (base: BaseModel) => (folder: string) => Promise<void>,
): Promise<MergeAdapterReturnType> {
  const { dtype, signal, onProgress } = parameters
  const output = resolve(parameters.output)
  await refuseFull(output)
  const base = await openBaseModel(parameters.base)
  const complete = besides?.(base)
  const adapter = parameters.adapter === undefined ? undefined : await openAdapter(parameters.adapter, base)
  const files = await weightFilesOf(base.path)
  const total = files.reduce((sum, { file }) => sum + file.tensors.size, 0)
  const deltas = adapter
    ? deltasOf(base, adapter, new Set(files.flatMap(({ file }) => [...file.tensors.keys()])))
    : new Map<string, Delta>()
  const temporary = join(dirname(output), `.${basename(output)}.${process.pid}.tmp`)
  let done = 0
  let bytes = 0
  try {
    await mkdir(temporary, { recursive: true })
    for (const { name, file } of files)
      bytes += await writeWeights(join(temporary, name), file, deltas, dtype, () => {
        signal?.throwIfAborted()
        onProgress?.(++done, total)
      })
    await copyRest(base.path, temporary)
    await describe(base.path, temporary, dtype, bytes)
    await complete?.(temporary)
    await rm(output, { recursive: true, force: true })
    await rename(temporary, output)
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
    if (OpenLedgerError.is(cause) || signal?.aborted) throw cause
    throw new OpenLedgerError('OL1901', { path: output, reason: reasonOf(cause) }, { cause })
  }
  return { output, merged: deltas.size, tensors: total, bytes }
}

/** @throws OL1902 when there is anything at the path but an empty folder */
async function refuseFull(output: string): Promise<void> {
  const entries = await readdir(output).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw new OpenLedgerError('OL1901', { path: output, reason: reasonOf(cause) }, { cause })
  })
  if (entries.length > 0) throw new OpenLedgerError('OL1902', { path: output })
}

/** The safetensors files of a model by their names in its folder: the Hub's cache keeps links to blobs. */
export async function weightFilesOf(
  folder: string,
): Promise<{ readonly name: string; readonly file: SafetensorsFile }[]> {
  const single = await stat(join(folder, weightsName)).then(
    () => true,
    () => false,
  )
  const names = single ? [weightsName] : await shardsOf(join(folder, weightsIndexName))
  return Promise.all(
    names.map(async (name) => ({ name, file: await openSafetensors(await realpath(join(folder, name))) })),
  )
}

/** What an adapter adds to a weight, in place. */
type Delta = (weight: Float32Array) => void

/** By the name of the weight's tensor. */
function deltasOf(
  { architecture, config }: BaseModel,
  { layout, values }: Adapter,
  tensors: ReadonlySet<string>,
): Map<string, Delta> {
  const parts = new Map(
    layout.parameters.map(({ name, offset, size }) => [name, values.subarray(offset, offset + size)] as const),
  )
  const deltas = new Map<string, Delta>()
  for (const module of architecture.modules(config)) {
    const [a, b] = [parts.get(`${module.name}.lora_A`), parts.get(`${module.name}.lora_B`)]
    const magnitude = parts.get(`${module.name}.lora_magnitude_vector`)
    if (a && b)
      deltas.set(nameInCheckpoint(`${module.name}.weight`, tensors), (weight) => {
        addProduct(weight, module, a, b, layout.rank, layout.scaling)
        if (magnitude) setRowNorms(weight, module, magnitude)
      })
  }
  return deltas
}

/** weight += scaling * B A, or its transpose where the checkpoint keeps [inputs, outputs]. */
function addProduct(
  weight: Float32Array,
  { inputs, outputs, transposed = false }: LinearModule,
  a: Float32Array,
  b: Float32Array,
  rank: number,
  scaling: number,
): void {
  const row = new Float64Array(inputs)
  const [step, next] = transposed ? [1, outputs] : [inputs, 1]
  for (let o = 0; o < outputs; o++) {
    row.fill(0)
    for (let r = 0; r < rank; r++) {
      const factor = b[o * rank + r] as number
      const start = r * inputs
      for (let i = 0; i < inputs; i++) row[i] = (row[i] as number) + factor * (a[start + i] as number)
    }
    for (let i = 0, at = o * step; i < inputs; i++, at += next)
      weight[at] = (weight[at] as number) + Math.fround(scaling * (row[i] as number))
  }
}

/** Scales the weights of each output to a norm, as DoRA decomposes them. */
function setRowNorms(
  weight: Float32Array,
  { inputs, outputs, transposed = false }: LinearModule,
  norms: Float32Array,
): void {
  const [step, next] = transposed ? [1, outputs] : [inputs, 1]
  for (let o = 0; o < outputs; o++) {
    let squares = 0
    for (let i = 0, at = o * step; i < inputs; i++, at += next) squares += (weight[at] as number) ** 2
    const factor = (norms[o] as number) / Math.sqrt(squares)
    for (let i = 0, at = o * step; i < inputs; i++, at += next) weight[at] = (weight[at] as number) * factor
  }
}

/** @returns bytes of the tensors */
async function writeWeights(
  path: string,
  file: SafetensorsFile,
  deltas: ReadonlyMap<string, Delta>,
  dtype: WeightType | undefined,
  beforeEach: () => void,
): Promise<number> {
  const changes = dtype && weightTypes[dtype]
  const typeOf = (name: string, type: ElementType): ElementType => {
    if (!/^B?F\d/.test(type)) return type
    // A sum in float32 is not worth eight bytes.
    return changes ?? (type === 'F64' && deltas.has(name) ? 'F32' : type)
  }
  const entries = [...file.tensors].map(
    ([name, entry]) => [name, { ...entry, dtype: typeOf(name, entry.dtype) }] as const,
  )
  const out = await open(path, 'wx')
  let bytes = 0
  try {
    await out.writeFile(safetensorsHead(entries, { format: 'pt', ...file.metadata }))
    for (const [name, { dtype: wanted }] of entries) {
      beforeEach()
      const tensor = await readTensor(file, name)
      const delta = deltas.get(name)
      const data =
        delta === undefined && tensor.dtype === wanted ? tensor.data : changed(file.path, name, tensor, delta, wanted)
      await writeAll(out, data)
      bytes += data.length
    }
    await out.sync()
  } finally {
    await out.close()
  }
  return bytes
}

function changed(
  path: string,
  name: string,
  tensor: Parameters<typeof toFloat32>[0],
  delta: Delta | undefined,
  wanted: string,
): Uint8Array {
  const values = toFloat32(tensor)
  delta?.(values)
  const type = (Object.keys(weightTypes) as WeightType[]).find((each) => weightTypes[each] === wanted) ?? 'float32'
  const data = values.every(Number.isFinite) ? narrow(values, type) : undefined
  if (data === undefined) throw new OpenLedgerError('OL1338', { path, name, type })
  return data
}

/** FileHandle.write takes 2 GB at most at once, and may write less than it was given. */
async function writeAll(out: FileHandle, data: Uint8Array): Promise<void> {
  for (let start = 0; start < data.length; ) {
    const { bytesWritten } = await out.write(data, start, Math.min(data.length - start, 2 ** 28))
    start += bytesWritten
  }
}

/** Tokenizer, generation settings and licence, whatever they are called: everything small but weights and config.json. */
async function copyRest(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from)) {
    if (!/^(?!config\.json$).*\.(json|jinja|txt|model)$|^(LICENSE|NOTICE)/i.test(entry)) continue
    if (entry === weightsIndexName || entry === 'training.json') continue
    const path = await realpath(join(from, entry))
    if ((await stat(path)).isFile()) await copyFile(path, join(to, entry), constants.COPYFILE_EXCL)
  }
}

/** config.json with the type of the weights, and the index of shards with their size. */
async function describe(from: string, to: string, dtype: WeightType | undefined, bytes: number): Promise<void> {
  const config = (await readModelJson(join(from, 'config.json'))) as Record<string, unknown>
  // transformers 5 calls it dtype, before it was torch_dtype; a reader of either finds what it knows.
  const field = 'dtype' in config ? 'dtype' : 'torch_dtype'
  await writeFileAtomic(join(to, 'config.json'), json({ ...config, ...(dtype && { [field]: dtype }) }))
  const index = await readModelJson(join(from, weightsIndexName)).catch(() => undefined)
  const single = await stat(join(to, weightsName)).catch(() => undefined)
  if (index === undefined || single !== undefined) return
  await writeFileAtomic(
    join(to, weightsIndexName),
    json({ ...(index as Record<string, unknown>), metadata: { total_size: bytes } }),
  )
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
