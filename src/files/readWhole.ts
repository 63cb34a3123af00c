import { readFile } from 'node:fs/promises'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from './reasonOf.js'

/**
 * Reads all bytes of a file.
 *
 * @throws OL1900 when the file cannot be read
 */
export async function readWhole(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new OpenLedgerError('OL1900', { path, reason: reasonOf(cause) }, { cause })
  }
}
