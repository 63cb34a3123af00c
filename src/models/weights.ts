import { createHash } from 'node:crypto'
import { access, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { readJson } from '../files/readText.js'
import { reasonOf } from '../files/reasonOf.js'
import { weight } from '../onnx/primitives.js'
import { formatShape, sameShape } from '../onnx/Value.js'
import type { Weights } from './llama.js'
import { openSafetensors, readFloat32, type SafetensorsFile } from './safetensors.js'

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string().regex(/^[^/\\]+$/)) })

/** Where converted weights are kept between runs. */
const cacheFolder = (): string =>
  join(
    process.env['OPENLEDGER_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'openledger'),
    'weights',
  )

/**
 * The weights of a Hugging Face folder (one safetensors file, or shards with an index) as float32 tensors that ONNX
 * Runtime maps from disk. A float32 file is used where it lies; float16 and bfloat16 are widened once into a cached file,
 * since the CPU device has no kernels for them.
 *
 * @throws OL1302 when the folder has no safetensors
 * @throws OL1305 when a tensor has another shape than the model wants, OL1301 when it is missing
 * @throws OL1314 when a converted tensor holds NaN or infinities
 */
export async function openWeights(folder: string): Promise<Weights> {
  const shards = await openShards(folder)
  const names = new Map(shards.flatMap((file) => [...file.tensors.keys()].map((name) => [name, file] as const)))
  const float32 = [...names].every(([name, file]) => file.tensors.get(name)?.dtype === 'F32')
  const located = float32 ? names : await widened(folder, names)
  return (name, shape) => {
    const file = located.get(name)
    const entry = file?.tensors.get(name)
    if (file === undefined || entry === undefined) throw new OpenLedgerError('OL1301', { path: folder, name })
    if (!sameShape(entry.shape, shape))
      throw new OpenLedgerError('OL1305', {
        path: folder,
        name,
        found: formatShape(entry.shape),
        wanted: formatShape(shape),
      })
    return weight(name, shape, { path: file.path, offset: entry.byteOffset, length: entry.byteLength })
  }
}

/** Opens every safetensors file of the model, links resolved: the Hub's cache keeps links to blobs. */
async function openShards(folder: string): Promise<SafetensorsFile[]> {
  const single = join(folder, 'model.safetensors')
  const index = join(folder, 'model.safetensors.index.json')
  const exists = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    )
  if (await exists(single)) return [await openSafetensors(await realpath(single))]
  if (!(await exists(index)))
    throw new OpenLedgerError('OL1302', { path: folder, reason: 'it has no model.safetensors' })
  const parsed = indexSchema.safeParse(await readJson(index))
  if (!parsed.success)
    throw new OpenLedgerError('OL1302', { path: folder, reason: 'its safetensors index is malformed' })
  const files = [...new Set(Object.values(parsed.data.weight_map))].sort()
  return Promise.all(
    files.map(async (name) => {
      const path = await realpath(join(folder, name)).catch((cause: unknown) => {
        throw new OpenLedgerError(
          'OL1302',
          { path: folder, reason: `its shard ${name}: ${reasonOf(cause)}` },
          { cause },
        )
      })
      return openSafetensors(path)
    }),
  )
}

/** The same tensors in one float32 file of the cache, made if it is not there. */
async function widened(
  folder: string,
  names: ReadonlyMap<string, SafetensorsFile>,
): Promise<Map<string, SafetensorsFile>> {
  const path = join(cacheFolder(), `${await identity(names)}.safetensors`)
  const present = await access(path).then(
    () => true,
    () => false,
  )
  if (!present) await convert(folder, path, names)
  const file = await openSafetensors(path)
  return new Map([...file.tensors.keys()].map((name) => [name, file]))
}

/** Names a set of files by their paths, sizes and times, without reading them. */
async function identity(names: ReadonlyMap<string, SafetensorsFile>): Promise<string> {
  const hash = createHash('sha256')
  for (const path of new Set([...names.values()].map((file) => file.path))) {
    const { size, mtimeMs } = await stat(path)
    hash.update(`${path}\0${size}\0${mtimeMs}\0`)
  }
  return hash.digest('hex').slice(0, 32)
}

/** Writes tensor by tensor, so that a large model never stands in memory whole. */
async function convert(folder: string, path: string, names: ReadonlyMap<string, SafetensorsFile>): Promise<void> {
  const header: Record<string, unknown> = {}
  let offset = 0
  for (const [name, file] of names) {
    const { shape } = file.tensors.get(name) as { shape: readonly number[] }
    const length = shape.reduce((product, extent) => product * extent, 4)
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + length] }
    offset += length
  }
  const json = Buffer.from(JSON.stringify(header))
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ')
  json.copy(padded)
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(padded.length))
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await mkdir(cacheFolder(), { recursive: true })
    const out = await open(temporary, 'w')
    try {
      await out.writeFile(prefix)
      await out.writeFile(padded)
      for (const [name, file] of names) {
        const data = await readFloat32(file, name)
        if (!data.every(Number.isFinite)) throw new OpenLedgerError('OL1314', { path: folder, name })
        await out.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      }
      await out.sync()
    } finally {
      await out.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true })
    if (cause instanceof OpenLedgerError) throw cause
    throw new OpenLedgerError('OL1901', { path, reason: reasonOf(cause) }, { cause })
  }
}

/** The safetensors files of a model folder, sorted by name: what its hash covers. */
export async function weightFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new OpenLedgerError('OL1302', { path: folder, reason: reasonOf(cause) }, { cause })
  })
  return names.filter((name) => name.endsWith('.safetensors')).sort()
}
