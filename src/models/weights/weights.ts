import { access, readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { weight } from '../../onnx/graph/primitives/inputs.js'
import { formatShape, sameShape } from '../../onnx/graph/Value.js'
import type { Weights } from '../layers/Linear.js'
import { readModelJson } from '../readModelJson.js'
import { openSafetensors, type SafetensorsFile } from './safetensors.js'
import { widenedWeights } from './widenedWeights.js'

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string().regex(/^[^/\\]+$/)) })

/**
 * The weights of a Hugging Face folder (one safetensors file, or shards with an index) as float32 tensors that ONNX
 * Runtime maps from disk. A float32 file is mapped directly; float16 and bfloat16 are widened once into a cached file,
 * because the CPU device has no kernels for them.
 *
 * @throws OL1302 when the folder has no safetensors
 * @throws OL1305 when a tensor has another shape than the model requires, OL1301 when it is missing
 * @throws OL1314 when a converted tensor holds NaN or infinities
 */
export async function openWeights(folder: string): Promise<Weights> {
  const names = await filesByTensor(folder)
  const float32 = [...names].every(([name, file]) => file.tensors.get(name)?.dtype === 'F32')
  const widened = float32 ? undefined : await widenedWeights(folder, names)
  return weightsOf(folder, names, (name) => widened ?? names.get(name))
}

/**
 * The weights of a folder without a widened copy. All floating-point tensors must be float32; no forward pass reads the
 * others, which are masks of old checkpoints.
 *
 * @throws as {@link openWeights}
 */
export async function weightsInPlace(folder: string): Promise<Weights> {
  const names = await filesByTensor(folder)
  return weightsOf(folder, names, (name) => names.get(name))
}

const filesByTensor = async (folder: string): Promise<Map<string, SafetensorsFile>> =>
  new Map((await openShards(folder)).flatMap((file) => [...file.tensors.keys()].map((name) => [name, file] as const)))

function weightsOf(
  folder: string,
  names: { has(name: string): boolean },
  fileOf: (name: string) => SafetensorsFile | undefined,
): Weights {
  return (name, shape) => {
    const kept = nameInCheckpoint(name, names)
    const file = fileOf(kept)
    const entry = file?.tensors.get(kept)
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

/** Tensors that checkpoints store under another name than that of their module: the head of GPT-NeoX. */
const otherNames: Readonly<Record<string, string>> = { 'lm_head.weight': 'embed_out.weight' }

/**
 * The name of a tensor in a checkpoint. A checkpoint saved from the bare decoder, such as GPT-2's, omits the prefix with
 * the decoder's name.
 */
export function nameInCheckpoint(name: string, names: { has(name: string): boolean }): string {
  const other = otherNames[name]
  if (other !== undefined && !names.has(name) && names.has(other)) return other
  return names.has(name) ? name : name.slice(name.indexOf('.') + 1)
}

/** Opens every safetensors file of the model by its real path: in the Hub's cache they are links to blobs. */
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
  const parsed = indexSchema.safeParse(await readModelJson(index))
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

/** The safetensors files of a model folder, sorted by name; the model's hash covers them. */
export async function weightFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new OpenLedgerError('OL1302', { path: folder, reason: reasonOf(cause) }, { cause })
  })
  return names.filter((name) => name.endsWith('.safetensors')).sort()
}
