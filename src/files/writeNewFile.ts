import { link, mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from './reasonOf.js'
import { systemCode } from './systemCode.js'

let serial = 0

/**
 * Writes a new file that only its owner may read, whole or not at all. It writes a temporary file, syncs it and links it
 * under the name, which fails when the name is taken. Missing folders are made, readable by their owner only.
 *
 * @returns false when a file of this name exists, which stays untouched
 * @throws OL1901 when the file cannot be written
 */
export async function writeNewFile(path: string, data: string): Promise<boolean> {
  const temporary = `${path}.${process.pid}.${serial++}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    try {
      const file = await open(temporary, 'wx', 0o600)
      try {
        await file.writeFile(data)
        await file.sync()
      } finally {
        await file.close()
      }
      await link(temporary, path)
    } finally {
      await rm(temporary, { force: true })
    }
    const folder = await open(dirname(path), 'r')
    await folder.sync().finally(() => folder.close())
    return true
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return false
    throw new OpenLedgerError('OL1901', { path, reason: reasonOf(cause) }, { cause })
  }
}
