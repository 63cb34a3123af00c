import { open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { makeFolder } from './makeFolder.js'
import { processIdentity } from './processIdentity.js'
import { reasonOf } from './reasonOf.js'
import { writeFileAtomic } from './writeFileAtomic.js'

/**
 * Makes a folder so that it is there as a whole or not at all, whenever the process is killed or the power goes: it is filled
 * beside its place and then put there. What an earlier process left beside it when it was killed is removed.
 *
 * @param fill writes the files into the folder that it is given
 * @param place puts the filled folder in its place; a folder of the same name is replaced by default
 * @returns what `fill` returns
 * @throws OL1901 when the folder cannot be written, and what `fill` and `place` throw
 */
export async function makeFolderAtomic<Result>(
  path: string,
  fill: (temporary: string) => Promise<Result>,
  place: (temporary: string, target: string) => Promise<void> = replaceFolder,
): Promise<Result> {
  const target = resolve(path)
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`)
  try {
    await removeLeftovers(target)
    await makeFolder(temporary)
    const result = await fill(temporary)
    await place(temporary, target)
    return result
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
    // The errors of the file system name the call that failed; all others say themselves what is wrong.
    if (typeof cause !== 'object' || cause === null || !('syscall' in cause)) throw cause
    throw new OpenLedgerError('OL1901', { path, reason: reasonOf(cause) }, { cause })
  }
}

/** Removes what this process, or one that has died, left beside a folder when it made it. */
async function removeLeftovers(target: string): Promise<void> {
  const prefix = `.${basename(target)}.`
  for (const name of await readdir(dirname(target)).catch(() => [])) {
    const [, digits] = (name.startsWith(prefix) && /^(\d+)\.tmp$/.exec(name.slice(prefix.length))) || []
    const isLeft = digits === String(process.pid) || processIdentity(Number(digits)) === undefined
    if (digits !== undefined && isLeft) await rm(join(dirname(target), name), { recursive: true, force: true })
  }
}

export type FolderFiles = Readonly<Record<string, string | Uint8Array | readonly Uint8Array[]>>

/**
 * Writes a folder with these files at once, as {@link makeFolderAtomic} does. A folder of the same name is replaced.
 *
 * @throws OL1901 when it cannot be written
 */
export const writeFolderAtomic = (path: string, files: FolderFiles): Promise<void> =>
  makeFolderAtomic(path, (temporary) => writeFiles(temporary, files))

/** @throws OL1901 when a file cannot be written */
export async function writeFiles(folder: string, files: FolderFiles): Promise<void> {
  for (const [name, data] of Object.entries(files)) await writeFileAtomic(join(folder, name), data)
}

/** Puts a folder in another's place; the old one is removed only once the new one stands, and comes back if it cannot. */
export async function replaceFolder(from: string, to: string): Promise<void> {
  const old = join(dirname(to), `.${basename(to)}.old`)
  await rm(old, { recursive: true, force: true })
  const moved = await rename(to, old).then(
    () => true,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return false
      throw cause
    },
  )
  try {
    await rename(from, to)
    const parent = await open(dirname(to), 'r')
    await parent.sync().finally(() => parent.close())
  } catch (cause) {
    if (moved) await rename(old, to)
    throw cause
  }
  if (moved) await rm(old, { recursive: true, force: true })
}
