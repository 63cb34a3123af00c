import { constants } from 'node:fs'
import { copyFile, type FileHandle, open, readdir, realpath, rename, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'
import { makeFolderAtomic } from '../../files/writeFolderAtomic.js'
import { type BaseModel, openBaseModel } from '../base/BaseModel.js'
import { shardsOf, weightsIndexName, weightsName } from '../hub/hubCache.js'
import type { ResolvedBase } from '../hub/resolveBase.js'
import { readModelJson } from '../readModelJson.js'
import { narrow, type WeightType, weightTypes } from '../weights/narrow.js'
import {
  type ElementType,
  openSafetensors,
  readTensor,
  type SafetensorsFile,
  safetensorsHead,
  toFloat32,
} from '../weights/safetensors.js'
import { type Delta, type MergedTensors, mergedTensors, unmergedTensors } from './mergedTensors.js'
import { type AdapterChoice, openAdapterOf } from './openAdapterOf.js'

export interface MergeAdapterParameters extends AdapterChoice {
  readonly base: string | ResolvedBase
  /** Folder to write; it must be empty or not exist. */
  readonly output: string
  /** Element type of the weights; that of each tensor of the base by default. */
  readonly dtype?: WeightType
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

export interface MergeAdapterReturnType {
  readonly output: string
  /** Number of tensors that the adapter changed. */
  readonly merged: number
  readonly tensors: number
  readonly bytes: number
}

/**
 * Writes base and adapter as one model: a Hugging Face folder with the {@link mergedTensors}, and with unchanged tokenizer
 * and generation settings. One tensor is in memory at a time; sums are computed in float32 and rounded once. The folder
 * appears complete or not at all.
 *
 * @param addFiles called with the base before anything is written; the function that it returns adds files to the folder
 * before it appears
 * @throws OL1302 and other errors of a bad base, OL1308 and OL1309 when the adapter is bad, OL1902 when `output` is not
 * empty, OL1338 when a weight is too large for the type, OL1901 when the folder cannot be written
 * @example
 * await mergeAdapter({ base: 'base-model', adapter: 'adapter', output: 'merged', dtype: 'bfloat16' })
 */
export async function mergeAdapter(
  parameters: MergeAdapterParameters,
  addFiles?: (base: BaseModel) => (folder: string) => Promise<void>,
): Promise<MergeAdapterReturnType> {
  const { dtype, signal, onProgress } = parameters
  const output = resolve(parameters.output)
  await refuseFull(output)
  const base = await openBaseModel(parameters.base)
  const complete = addFiles?.(base)
  const adapter = await openAdapterOf(parameters, base)
  const files = await weightFilesOf(base.path)
  const names = new Set(files.flatMap(({ file }) => [...file.tensors.keys()]))
  const merged = adapter ? mergedTensors(base, adapter, names) : unmergedTensors
  const total = [...names].reduce((sum, name) => sum + merged.of(name).length, 0)
  let done = 0
  let bytes = 0
  const fill = async (temporary: string): Promise<void> => {
    for (const { name, file } of files)
      bytes += await writeWeights(join(temporary, name), file, merged, dtype, () => {
        signal?.throwIfAborted()
        onProgress?.(++done, total)
      })
    await copyRest(base.path, temporary)
    await describe(base.path, temporary, { dtype, bytes, files, merged })
    await complete?.(temporary)
  }
  // The output is empty or not there, and rename refuses a folder with entries.
  await makeFolderAtomic(output, fill, rename)
  return { output, merged: merged.changed, tensors: total, bytes }
}

/** @throws OL1902 when the folder is not empty */
async function refuseFull(output: string): Promise<void> {
  const entries = await readdir(output).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw new OpenLedgerError('OL1901', { path: output, reason: reasonOf(cause) }, { cause })
  })
  if (entries.length > 0) throw new OpenLedgerError('OL1902', { path: output })
}

/** The safetensors files of a model by their names in its folder; in the Hub's cache their real paths are blobs. */
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

/** @returns bytes of the tensors */
async function writeWeights(
  path: string,
  file: SafetensorsFile,
  merged: MergedTensors,
  dtype: WeightType | undefined,
  beforeEach: () => void,
): Promise<number> {
  const changes = dtype && weightTypes[dtype]
  const typeOf = (delta: Delta | undefined, type: ElementType): ElementType => {
    if (!/^B?F\d/.test(type)) return type
    // The sum is computed in float32, so float64 would waste space.
    return changes ?? (type === 'F64' && delta ? 'F32' : type)
  }
  const outputs = [...file.tensors].flatMap(([from, { shape, dtype }]) =>
    merged.of(from).map(({ name, delta }) => ({ name, from, delta, shape, dtype: typeOf(delta, dtype) })),
  )
  const out = await open(path, 'wx')
  let bytes = 0
  try {
    const entries = outputs.map(({ name, ...entry }) => [name, entry] as const)
    await out.writeFile(safetensorsHead(entries, { format: 'pt', ...file.metadata }))
    for (const { from, delta, dtype: wanted } of outputs) {
      beforeEach()
      const tensor = await readTensor(file, from)
      const data =
        delta === undefined && tensor.dtype === wanted ? tensor.data : changed(file.path, from, tensor, delta, wanted)
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

/** Writes all bytes: FileHandle.write accepts at most 2 GB, and may write less than it is given. */
async function writeAll(out: FileHandle, data: Uint8Array): Promise<void> {
  for (let start = 0; start < data.length; ) {
    const { bytesWritten } = await out.write(data, start, Math.min(data.length - start, 2 ** 28))
    start += bytesWritten
  }
}

/** Copies tokenizer, generation settings and licence: every small file except weights and config.json. */
async function copyRest(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from)) {
    if (!/^(?!config\.json$).*\.(json|jinja|txt|model)$|^(LICENSE|NOTICE)/i.test(entry)) continue
    if (entry === weightsIndexName || entry === 'training.json') continue
    const path = await realpath(join(from, entry))
    if ((await stat(path)).isFile()) await copyFile(path, join(to, entry), constants.COPYFILE_EXCL)
  }
}

/** Writes config.json with the type of the weights, and the index of the shards. */
async function describe(
  from: string,
  to: string,
  {
    dtype,
    bytes,
    files,
    merged,
  }: {
    readonly dtype: WeightType | undefined
    readonly bytes: number
    readonly files: Awaited<ReturnType<typeof weightFilesOf>>
    readonly merged: MergedTensors
  },
): Promise<void> {
  const config = (await readModelJson(join(from, 'config.json'))) as Record<string, unknown>
  // The field is `dtype` since transformers 5 and was `torch_dtype` before; the base's own name is kept.
  const field = 'dtype' in config ? 'dtype' : 'torch_dtype'
  await writeFileAtomic(
    join(to, 'config.json'),
    json({ ...config, ...(dtype && { [field]: dtype }), ...(merged.isUntied && { tie_word_embeddings: false }) }),
  )
  const index = await readModelJson(join(from, weightsIndexName)).catch(() => undefined)
  const single = await stat(join(to, weightsName)).catch(() => undefined)
  if (index === undefined || single !== undefined) return
  const weightMap = Object.fromEntries(
    files.flatMap(({ name: file, file: { tensors } }) =>
      [...tensors.keys()].flatMap((from) => merged.of(from).map(({ name }) => [name, file])),
    ),
  )
  await writeFileAtomic(
    join(to, weightsIndexName),
    json({ ...(index as Record<string, unknown>), metadata: { total_size: bytes }, weight_map: weightMap }),
  )
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
