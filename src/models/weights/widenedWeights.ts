import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { readFloat32, type SafetensorsFile, safetensorsHead, type TensorEntry } from './safetensors.js'
import { type CacheSurroundings, cachedWeights } from './weightsCache.js'

/**
 * Widens the tensors of a checkpoint to float32, in one file of the weights cache. It writes tensor by tensor, so a large
 * model is never in memory whole.
 *
 * @param names the names of the tensors, and the file that contains each
 * @throws OL1314 when a tensor contains NaN or infinities, OL1901 when no cache folder is writable
 */
export async function widenedWeights(
  folder: string,
  names: ReadonlyMap<string, SafetensorsFile>,
  surroundings?: CacheSurroundings,
): Promise<SafetensorsFile> {
  return cachedWeights(
    `${await identity(names)}.safetensors`,
    async (out) => {
      const entries = [...names].map(
        ([name, { tensors }]) => [name, { ...(tensors.get(name) as TensorEntry), dtype: 'F32' }] as const,
      )
      await out.writeFile(safetensorsHead(entries))
      for (const [name, file] of names) {
        const data = await readFloat32(file, name)
        if (!data.every(Number.isFinite)) throw new OpenLedgerError('OL1314', { path: folder, name })
        await out.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      }
    },
    surroundings,
  )
}

/** Identifies a set of files by their paths, sizes and times, without reading them. */
async function identity(names: ReadonlyMap<string, SafetensorsFile>): Promise<string> {
  const hash = createHash('sha256')
  for (const path of new Set([...names.values()].map((file) => file.path))) {
    const { size, mtimeMs } = await stat(path)
    hash.update(`${path}\0${size}\0${mtimeMs}\0`)
  }
  return hash.digest('hex').slice(0, 32)
}
