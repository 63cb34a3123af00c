import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { makeFolder } from './makeFolder.js'
import { reasonOf } from './reasonOf.js'

let serial = 0

/**
 * Writes a file so that a reader, or a restart after a power cut, sees the old bytes or the new ones, never a mixture. It
 * writes a temporary file beside the target, syncs it, renames it and syncs the folder. Missing folders are made.
 *
 * @param mode permissions of the file; 0o600 for a file that no other user of the machine may read
 * @throws OL1901 when the file cannot be written; the old file is then untouched
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array | readonly Uint8Array[],
  mode = 0o666,
): Promise<void> {
  const temporary = `${path}.${process.pid}.${serial++}.tmp`
  try {
    await makeFolder(dirname(path))
    const file = await open(temporary, 'w', mode)
    try {
      if (typeof data === 'string' || data instanceof Uint8Array) await file.writeFile(data)
      else for (const part of data) await file.writeFile(part)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    const folder = await open(dirname(path), 'r')
    await folder.sync().finally(() => folder.close())
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw new OpenLedgerError('OL1901', { path, reason: reasonOf(cause) }, { cause })
  }
}
