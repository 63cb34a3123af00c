import { createHash, randomUUID } from 'node:crypto'
import { lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import { openSafetensors, readFloat32, type SafetensorsFile, safetensorsHead, type TensorEntry } from './safetensors.js'

/** Where a cache may lie: what the environment says, and a folder for temporary files. */
interface CacheSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly temporary: string
}

/**
 * The tensors of a checkpoint widened to float32, in one file of a cache: made if it is not there, made anew if it is
 * damaged. Where the user's cache cannot be written, a folder for temporary files serves.
 *
 * @param names the tensors and the file that each lies in
 * @throws OL1314 when a tensor holds NaN or infinities, OL1901 when the file can be written nowhere
 */
export async function widenedWeights(
  folder: string,
  names: ReadonlyMap<string, SafetensorsFile>,
  surroundings: CacheSurroundings = { environment: process.env, temporary: tmpdir() },
): Promise<SafetensorsFile> {
  const name = `${await identity(names)}.safetensors`
  const places = (await cacheFolders(surroundings)).map((place) => join(place, name))
  for (const path of places) {
    const kept = await openSafetensors(path).catch(() => undefined)
    if (kept) return kept
  }
  let failure: unknown
  for (const path of places) {
    try {
      await convert(folder, path, names)
      return await openSafetensors(path)
    } catch (error) {
      if (!OpenLedgerError.is(error) || error.code !== 'OL1901') throw error
      failure ??= error
    }
  }
  throw failure
}

/** Where converted weights may be kept, the first choice first. A place that the user named is the only one. */
async function cacheFolders({ environment, temporary }: CacheSurroundings): Promise<string[]> {
  const chosen = environment['OPENLEDGER_CACHE']
  if (chosen) return [join(chosen, 'weights')]
  const home = join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'openledger', 'weights')
  const user = process.getuid?.()
  const shared = join(temporary, `openledger-${user ?? 'cache'}`)
  // Anybody may make folders there: weights are taken from one's own only.
  await mkdir(shared, { mode: 0o700 }).catch(() => undefined)
  const own = await lstat(shared).then(
    (found) => found.isDirectory() && (user === undefined || found.uid === user),
    () => false,
  )
  return own ? [home, shared] : [home]
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

/**
 * Writes tensor by tensor, so that a large model never stands in memory whole, and renames at the end: two processes that
 * convert at once write two files, and the later takes the earlier's place.
 */
async function convert(folder: string, path: string, names: ReadonlyMap<string, SafetensorsFile>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    const out = await open(temporary, 'w')
    try {
      await out.writeFile(
        safetensorsHead(
          [...names].map(
            ([name, { tensors }]) => [name, { ...(tensors.get(name) as TensorEntry), dtype: 'F32' }] as const,
          ),
        ),
      )
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
    await rm(temporary, { force: true }).catch(() => undefined)
    if (OpenLedgerError.is(cause)) throw cause
    throw new OpenLedgerError('OL1901', { path, reason: reasonOf(cause) }, { cause })
  }
}
