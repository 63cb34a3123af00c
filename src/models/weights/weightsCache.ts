import { randomUUID } from 'node:crypto'
import { type FileHandle, lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { openSafetensors, type SafetensorsFile } from './safetensors.js'

/** The environment and the folder for temporary files, which decide where the cache is. */
export interface CacheSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly temporary: string
}

/**
 * Opens a safetensors file of the weights cache, and writes it first if it is missing or damaged. If the user's cache is
 * not writable, a folder for temporary files is used.
 *
 * @param name the file's name, which must identify its content
 * @param write writes the whole content, tensor by tensor
 * @throws OL1901 when no folder is writable, and any error that `write` throws
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

/** Opens a file by its real path, because ONNX Runtime maps weights by that. */
const openCached = async (path: string): Promise<SafetensorsFile> => openSafetensors(await realpath(path))

/** The folders for converted weights, in order of preference. A folder that the user named is the only one. */
async function cacheFolders({ environment, temporary }: CacheSurroundings): Promise<string[]> {
  const chosen = environment['OPENLEDGER_CACHE']
  if (chosen) return [join(chosen, 'weights')]
  const home = join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'openledger', 'weights')
  const user = process.getuid?.()
  const shared = join(temporary, `openledger-${user ?? 'cache'}`)
  // Any user can create folders in the temporary directory, so only a folder of the current user is trusted.
  await mkdir(shared, { mode: 0o700 }).catch(() => undefined)
  const own = await lstat(shared).then(
    (found) => found.isDirectory() && (user === undefined || found.uid === user),
    () => false,
  )
  return own ? [home, shared] : [home]
}

/**
 * Writes a temporary file and renames it at the end: of two processes that write at once, the later one replaces the file
 * of the earlier.
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
