import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from './reasonOf.js'
import { writeFileAtomic } from './writeFileAtomic.js'

export type FolderFiles = Readonly<Record<string, string | Uint8Array | readonly Uint8Array[]>>

/**
 * Writes a folder so that it is there with all of its files or not at all, whenever the process is killed or the power
 * goes. One of the same name is replaced.
 *
 * @throws OL1901 when it cannot be written
 */
export async function writeFolderAtomic(path: string, files: FolderFiles): Promise<void> {
  const target = resolve(path)
  const temporary = join(dirname(target), `.${basename(target)}.tmp`)
  try {
    await rm(temporary, { recursive: true, force: true })
    await mkdir(temporary, { recursive: true })
    for (const [name, data] of Object.entries(files)) await writeFileAtomic(join(temporary, name), data)
    await replaceFolder(temporary, target)
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
    if (OpenLedgerError.is(cause)) throw cause
    throw new OpenLedgerError('OL1901', { path, reason: reasonOf(cause) }, { cause })
  }
}

/** Puts a folder in another's place; the old one is removed only once the new one stands, and comes back if it cannot. */
export async function replaceFolder(from: string, to: string): Promise<void> {
  const old = `${from}.old`
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
