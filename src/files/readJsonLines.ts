import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { columnOf } from './parseJson.js'
import { readText } from './readText.js'
import { type JsonFault, type RoundedNumber, scanJson } from './scanJson.js'
import { parseAsWritten } from './WrittenNumber.js'

export interface JsonLine {
  /** 1-based line number in the file. */
  readonly line: number
  readonly value: Readonly<Record<string, unknown>>
}

/**
 * Reads a JSON Lines file with one object per line. Blank lines are skipped.
 *
 * @throws OL1900, OL1905, OL1906, OL1907 when the file cannot be read as UTF-8
 * @throws OL1904 when a line is not a JSON object that every parser reads as the same value; the error names the line
 * @example
 * for (const { line, value } of await readJsonLines('records.jsonl')) console.log(line, value['prompt'])
 */
export async function readJsonLines(path: string): Promise<JsonLine[]> {
  return [...textLines(await readText(path))].map(([line, raw]) => {
    const { value, rounded } = parseJsonLine(path, line, raw)
    const [first] = rounded
    if (first !== undefined) throw lineFault(path, line, raw, first)
    return { line, value }
  })
}

/** The lines of a text that are not blank, with their 1-based numbers. */
export function* textLines(text: string): Generator<readonly [line: number, raw: string]> {
  let start = 0
  for (let line = 1; start <= text.length; line++) {
    const end = text.indexOf('\n', start)
    const raw = text.slice(start, end < 0 ? text.length : end)
    if (raw.trim() !== '') yield [line, raw]
    start = end < 0 ? text.length + 1 : end + 1
  }
}

/**
 * Parses one JSON object of a file.
 *
 * @param line 1-based number of the line on which the object begins
 * @param options.indent characters before the object on that line
 * @param options.asWritten keep numbers inside its members as {@link parseAsWritten} does
 * @returns the object and its rounded numbers, which a caller that hashes the object refuses
 * @throws OL1904 when the text is not an object that every parser reads as the same value
 */
export function parseJsonLine(
  path: string,
  line: number,
  raw: string,
  { indent = 0, asWritten = false } = {},
): { readonly value: JsonLine['value']; readonly rounded: readonly RoundedNumber[] } {
  const { fault, rounded } = scanJson(raw)
  if (fault !== undefined) throw lineFault(path, line, raw, fault, indent)
  const value: unknown = asWritten ? parseAsWritten(raw) : JSON.parse(raw)
  if (isObject(value)) return { value, rounded }
  const found = Array.isArray(value) ? 'an array' : clipped(JSON.stringify(value))
  throw new OpenLedgerError('OL1904', { path, line, reason: `found ${found}` })
}

function lineFault(
  path: string,
  line: number,
  raw: string,
  { offset, reason }: JsonFault,
  indent = 0,
): OpenLedgerError {
  // An element of an array may extend over several lines.
  const before = raw.slice(0, offset).split('\n')
  const column = columnOf(before.at(-1) as string) + (before.length === 1 ? indent : 0)
  const place = before.length === 1 ? `column ${column}` : `line ${line + before.length - 1}, column ${column}`
  return new OpenLedgerError('OL1904', { path, line, reason: `${place}: ${reason}` })
}

const clipped = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text)

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
