import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { readText } from './readText.js'
import { reasonOf } from './reasonOf.js'

export interface JsonLine {
  /** 1-based line number in the file. */
  readonly line: number
  readonly value: Readonly<Record<string, unknown>>
}

/**
 * Reads a JSON Lines file: one object a line; blank lines are passed over.
 *
 * @throws OL1900 when the file cannot be read
 * @throws OL1904 when a line is not a JSON object, with its number
 * @example
 * for (const { line, value } of await readJsonLines('records.jsonl')) console.log(line, value['prompt'])
 */
export async function readJsonLines(path: string): Promise<JsonLine[]> {
  // A byte order mark would otherwise make the first line invalid.
  return parseJsonLines(path, (await readText(path)).replace(/^\uFEFF/, ''))
}

/** The lines of a text; `path` says where it is from. */
export function parseJsonLines(path: string, text: string): JsonLine[] {
  const lines: JsonLine[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    if (raw.trim() === '') continue
    const line = index + 1
    let value: unknown
    try {
      value = JSON.parse(raw)
    } catch (cause) {
      throw new OpenLedgerError('OL1904', { path, line, reason: reasonOf(cause) }, { cause })
    }
    if (!isObject(value)) {
      const found = Array.isArray(value) ? 'an array' : JSON.stringify(value)
      throw new OpenLedgerError('OL1904', { path, line, reason: `found ${found}` })
    }
    lines.push({ line, value })
  }
  return lines
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
