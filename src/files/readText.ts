import { readFile } from 'node:fs/promises'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from './reasonOf.js'

/**
 * Reads a UTF-8 file.
 *
 * @throws OL1900 when the file cannot be read
 */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new OpenLedgerError('OL1900', { path, reason: reasonOf(cause) }, { cause })
  }
}

/**
 * Reads and parses a JSON file. The caller checks the shape (zod).
 *
 * @throws OL1900 when the file cannot be read
 * @throws OL1903 when it is not JSON
 */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new OpenLedgerError('OL1903', { path, reason: reasonOf(cause) }, { cause })
  }
}
