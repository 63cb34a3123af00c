import { type CsvError, type Info, parse } from 'csv-parse/sync'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import type { ParsedRows, Row } from './Row.js'
import { requireFewRows, rowLimit } from './rowLimit.js'

/** A row of the text. */
interface CsvRow {
  readonly cells: readonly string[]
  readonly raw: string
  /** The line where it begins. */
  readonly line: number
}

/**
 * Parses the rows of a CSV or TSV text, with the column names in its first row. Every cell is text, never a number; an
 * empty cell is absent, as in pandas. A column without a name becomes `Unnamed: 0`, as pandas calls an index column.
 *
 * @throws OL1353 when the text cannot be split into rows, or two columns have the same name
 */
export function csvRows(path: string, text: string, delimiter: ',' | '\t'): ParsedRows {
  const [header, ...body] = cut(path, text, delimiter)
  if (header === undefined) return { rows: [], faults: [] }
  const refuse = ({ line }: CsvRow, reason: string): OpenLedgerError =>
    new OpenLedgerError('OL1353', { path, line, reason })
  const names = header.cells.map((name, i) => (name === '' ? `Unnamed: ${i}` : name))
  const [only = ''] = names
  if (names.length === 1 && /[;\t]/.test(only)) {
    const sign = only.includes(';') ? 'a semicolon' : 'a tab'
    throw refuse(header, `${sign} separates the columns instead of ${delimiter === ',' ? 'a comma' : 'a tab'}`)
  }
  const twice = names.findIndex((name, i) => names.indexOf(name) < i)
  if (twice >= 0) throw refuse(header, `column ${twice + 1} has the name ${JSON.stringify(names[twice])} again`)
  const rows: Omit<Row, 'path'>[] = []
  const faults: OpenLedgerError[] = []
  for (const [i, row] of body.entries()) {
    const { cells, raw, line } = row
    const problem =
      cells.length !== names.length
        ? `it has ${cells.length} ${cells.length === 1 ? 'column' : 'columns'}, the first row names ${names.length}`
        : quoteProblem(raw, delimiter, names)
    if (problem !== undefined) faults.push(refuse(row, problem))
    else {
      const value = Object.fromEntries(cells.map((cell, column) => [names[column], cell === '' ? null : cell]))
      rows.push({ unit: 'line', line, record: i + 1, value })
    }
  }
  return { rows, faults }
}

function cut(path: string, text: string, delimiter: string): CsvRow[] {
  const zero = text.indexOf('\0')
  if (zero >= 0) {
    const line = 1 + lineBreaks(text.slice(0, zero))
    throw new OpenLedgerError('OL1353', { path, line, reason: 'it holds the character U+0000, which no text has' })
  }
  const bytes = Buffer.from(text)
  let [offset, line] = [0, 1]
  const parts = parsed(path, bytes, delimiter)
  requireFewRows(path, parts.length - 1)
  return parts.map(({ record, info }) => {
    // csv-parse counts a line break of two characters inside a cell twice, so its line numbers cannot be used.
    const taken = bytes.toString('utf8', offset, info.bytes)
    const raw = taken.replace(/^[\r\n]+/, '')
    line += lineBreaks(taken.slice(0, taken.length - raw.length))
    const row = { cells: record, raw, line }
    line += lineBreaks(raw)
    offset = info.bytes
    return row
  })
}

const lineBreaks = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0

/** The result of csv-parse with the option `info`. */
interface ParsedRow {
  readonly record: readonly string[]
  /** The offset where the row ends. */
  readonly info: Pick<Info, 'bytes'>
}

function parsed(path: string, bytes: Buffer, delimiter: string): readonly ParsedRow[] {
  try {
    return parse(bytes, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      info: true,
      relax_column_count: true,
      // Quotes inside a cell that does not begin with one are text; `quoteProblem` finds other faults of quotes row by row.
      relax_quotes: true,
      skip_empty_lines: true,
      // The header, and one row more than the limit.
      to: rowLimit + 2,
    }) as unknown as ParsedRow[]
  } catch (cause) {
    const { code, lines } = cause as Partial<CsvError> & { readonly lines?: number }
    const reason = code === 'CSV_QUOTE_NOT_CLOSED' ? 'a quote that opens a cell is never closed' : reasonOf(cause)
    throw new OpenLedgerError('OL1353', { path, line: lines ?? 1, reason }, { cause })
  }
}

/**
 * The problem with the quotes of a row, about which parsers disagree; undefined if there is none. After the quote that
 * closes a cell, some parsers continue the cell, and others keep the quotes in it.
 */
function quoteProblem(raw: string, delimiter: string, names: readonly string[]): string | undefined {
  if (!raw.includes('"')) return undefined
  let column = 0
  for (let at = 0; at < raw.length; column++) {
    if (raw[at] === '"') {
      at++
      while (at < raw.length && (raw[at] !== '"' || raw[at + 1] === '"')) at += raw[at] === '"' ? 2 : 1
      at++
      if (at < raw.length && raw[at] !== delimiter && raw[at] !== '\n' && raw[at] !== '\r')
        return `column ${JSON.stringify(names[column] ?? column + 1)} continues after the quote that closes it: double the quotes inside it`
    }
    while (at < raw.length && raw[at] !== delimiter) at++
    at++
  }
  return undefined
}
