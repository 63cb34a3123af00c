import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { placed } from '../files/parseJson.js'
import { parseJsonLine, textLines } from '../files/readJsonLines.js'
import { scanJson } from '../files/scanJson.js'
import type { parseAsWritten } from '../files/WrittenNumber.js'
import { breathing } from './breathing.js'
import type { ParsedRows, Row } from './Row.js'
import { requireFewRows } from './rowLimit.js'

/** Allowance per row when the values of an object of objects are counted, before it is known whether they are rows. */
const fieldsPerRow = 8

/** Whether an object is a record by itself, rather than the wrapper of an array. */
export type IsRecord = (value: Readonly<Record<string, unknown>>) => boolean

/** Options for reading rows. */
export interface RowOptions {
  /** Aborts reading. */
  readonly signal?: AbortSignal | undefined
  /** Whether to keep the spelling of numbers inside fields with {@link parseAsWritten}, so that they print as in Python. */
  readonly asWritten?: boolean
}

/** A part of the text that is parsed as one row. */
interface Piece {
  readonly line: number
  readonly raw: string
  /** Characters before it on its line. */
  readonly indent: number
}

/**
 * Parses the rows of a text: JSON Lines, a JSON array of objects, an object with one array of objects (`{"data": [...]}`),
 * or an object of objects (`{"a": {...}, "b": {...}}`, as pandas writes with orient="index"). The first line decides which
 * of them it is.
 *
 * @throws OL1903 when a JSON file is malformed, OL1351 when it contains neither a single array nor only objects
 */
export async function jsonRows(
  path: string,
  text: string,
  isRecord: IsRecord,
  { signal, asWritten = false }: RowOptions = {},
): Promise<ParsedRows> {
  const rows: Omit<Row, 'path'>[] = []
  const faults: OpenLedgerError[] = []
  const breathe = breathing(signal)
  let record = 0
  for (const { line, raw, indent } of wholePieces(path, text, isRecord) ?? linePieces(text)) {
    record++
    requireFewRows(path, record)
    try {
      const { value, rounded } = parseJsonLine(path, line, raw, { indent, asWritten })
      const fields = new Map(rounded.map(({ field, reason }) => [field ?? '', reason]))
      rows.push({ unit: 'line', line, record, value, ...(fields.size > 0 && { rounded: fields }) })
    } catch (error) {
      if (!OpenLedgerError.is(error)) throw error
      faults.push(error)
    }
    await breathe()
  }
  return { rows, faults }
}

function* linePieces(text: string): Generator<Piece> {
  for (const [line, raw] of textLines(text)) yield { line, raw, indent: 0 }
}

/** The pieces of a text that is one JSON value; undefined for JSON Lines, whose first line is complete JSON. */
function wholePieces(path: string, text: string, isRecord: IsRecord): Piece[] | undefined {
  const start = text.search(/\S/)
  if (start < 0) return undefined
  const end = text.indexOf('\n', start)
  const first = end < 0 ? text.slice(start) : text.slice(start, end)
  const isMore = end >= 0 && text.slice(end).trim() !== ''
  const isFirstWhole = scanJson(first, { grammarOnly: true }).fault === undefined
  if (text[start] !== '[' && (isMore ? isFirstWhole : !isFirstWhole)) return undefined
  const members: Member[] = []
  const inner: Member[] = []
  const { fault } = scanJson(text, {
    grammarOnly: true,
    onValue({ depth, ...value }) {
      // Values inside the records of an array are skipped here.
      const list = depth === 1 ? members : depth === 2 && text[start] === '{' ? inner : undefined
      if (list !== undefined) requireFewRows(path, list.push(value) / (list === inner ? fieldsPerRow : 1))
    },
  })
  if (fault !== undefined) {
    // An object over several lines means a JSON file; anything else is a bad line of JSON Lines.
    if (text[start] === '[' || /^\{\s*("[^"]*"\s*:\s*[[{]?\s*)?$/.test(first))
      throw new OpenLedgerError('OL1903', { path, reason: placed(text, fault) })
    return undefined
  }
  return piecesOf(text, recordsAmong(path, text, { start, members, inner }, isRecord))
}

/** A value and its range in the text. */
interface Member {
  readonly key: string | undefined
  readonly start: number
  readonly end: number
}

/** A text that is one JSON value: its members, and the members of those. */
interface Whole {
  readonly start: number
  readonly members: readonly Member[]
  readonly inner: readonly Member[]
}

function recordsAmong(path: string, text: string, { start, members, inner }: Whole, isRecord: IsRecord): Member[] {
  if (text[start] === '[') return [...members]
  const all = { key: undefined, start, end: text.trimEnd().length }
  if (text[start] !== '{') return refuse(path, text.slice(start, 80))
  const keys = members.map(({ key }) => key as string)
  const twice = keys.find((key, i) => keys.indexOf(key) < i)
  if (twice !== undefined) return refuse(path, `an object with the key ${JSON.stringify(twice)} twice`)
  if (isRecord(Object.fromEntries(keys.map((key) => [key, true])))) return [all]
  const arrays = members.filter((member) => text[member.start] === '[')
  const [array] = arrays
  if (array !== undefined && arrays.length === 1)
    return inner.filter((value) => value.start > array.start && value.end < array.end)
  if (members.length > 0 && members.every((member) => text[member.start] === '{')) return [...members]
  // A single line is more likely a record with wrong fields than a file with wrong arrays.
  if (arrays.length === 0 && !text.trim().includes('\n')) return [all]
  const names = arrays.map(({ key }) => key).join(', ')
  return refuse(path, `an object with ${names ? `the arrays ${names}` : 'no array'}`)
}

const refuse = (path: string, found: string): never => {
  throw new OpenLedgerError('OL1351', { path, found })
}

/** The values as pieces, with the lines where they begin. */
function piecesOf(text: string, values: readonly Member[]): Piece[] {
  let [line, seen, lineStart] = [1, 0, 0]
  return values.map(({ start, end }) => {
    for (let at = text.indexOf('\n', seen); at >= 0 && at < start; at = text.indexOf('\n', seen)) {
      line++
      seen = at + 1
      lineStart = seen
    }
    return { line, raw: text.slice(start, end), indent: start - lineStart }
  })
}
