import { randomUUID } from 'node:crypto'
import { type FileHandle, lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { openSafetensors, type SafetensorsFile } from './safetensors.js'

/** Where a cache may lie: what the environment says, and a folder for temporary files. */
export interface CacheSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly temporary: string
}

/**
 * A safetensors file of the weights cache: written if it is not there, written anew if it is damaged. Where the user's
 * cache cannot be written, a folder for temporary files serves.
 *
 * @param name of the file: decides what is in it
 * @param write puts the whole content into the file, tensor by tensor
 * @throws OL1901 when the file can be written nowhere, and what `write` throws
 */
export async function cachedWeights(
  name: string,
  write: (out: FileHandle) => Promise<void>,
  surroundings: CacheSurroundings = { environment: process.env, temporary: tmpdir() },
): Promise<SafetensorsFile> {
  const places = (await cacheFolders(surroundings)).map((place) => join(place, name))
  for (const path of places) {
    const kept = await openCached(path).catch(() => undefined)
    if (kept) return kept
  }
  let failure: unknown
  for (const path of places) {
    try {
      await writeCached(path, write)
      return await openCached(path)
    } catch (error) {
      if (!OpenLedgerError.is(error) || error.code !== 'OL1901') throw error
      failure ??= error
    }
  }
  throw failure
}

/** Links resolved: ONNX Runtime maps weights by their real path. */
const openCached = async (path: string): Promise<SafetensorsFile> => openSafetensors(await realpath(path))

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

/**
 * Writes beside the file and renames at the end: two processes that write at once write two files, and the later takes
 * the earlier's place.
 */
async function writeCached(path: string, write: (out: FileHandle) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    const out = await open(temporary, 'w')
    try {
      await write(out)
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
