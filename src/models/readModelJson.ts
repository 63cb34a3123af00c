import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { placed } from '../files/parseJson.js'
import { readText } from '../files/readText.js'
import { reasonOf } from '../files/reasonOf.js'
import { scanJson } from '../files/scanJson.js'

/**
 * Reads a JSON file of a model folder the way transformers does: the last of two equal keys wins, and numbers are rounded
 * to doubles. The caller validates the content (zod).
 *
 * @throws OL1900, OL1905, OL1906, OL1907 when the file cannot be read as UTF-8
 * @throws OL1903 when it is not JSON, with line and column
 */
export async function readModelJson(path: string): Promise<unknown> {
  const text = await readText(path)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const { fault } = scanJson(text, { grammarOnly: true })
    throw new OpenLedgerError('OL1903', { path, reason: fault ? placed(text, fault) : reasonOf(cause) }, { cause })
  }
}
