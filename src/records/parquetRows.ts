import { type FileMetaData, parquetMetadataAsync, parquetReadObjects, parquetSchema, type SchemaTree } from 'hyparquet'
import { compressors as decompressors } from 'hyparquet-compressors'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import { WrittenNumber } from '../files/WrittenNumber.js'
import type { RowOptions } from './jsonRows.js'
import type { ParsedRows, Row } from './Row.js'
import { requireFewRows } from './rowLimit.js'

/** The first and last bytes of a Parquet file. */
export const parquetMagic = 'PAR1'

/** The decompressors, guarded against empty pages, on which the one for LZ4 fails (hyparquet-compressors 1.1.2). */
const compressors = Object.fromEntries(
  Object.entries(decompressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, length: number) => (length === 0 ? new Uint8Array() : decompress(input, length)),
  ]),
)

/** Rows that are decoded at once; the process handles signals between two chunks. */
const chunkRows = 10_000

/**
 * Reads the rows of a Parquet file like pyarrow: texts, numbers, lists and structures. Texts must be valid UTF-8. Bytes and
 * times keep their types, so that no field of a record accepts them as text.
 *
 * @param options.asWritten keeps whole floating-point numbers inside structures as {@link WrittenNumber}s: Python prints 20.0
 * @throws OL1354 when the file is damaged, encrypted, or compressed with an unknown codec
 */
export async function parquetRows(
  path: string,
  bytes: Uint8Array,
  { asWritten = false }: RowOptions = {},
): Promise<ParsedRows> {
  // The copy has a buffer of its own; Node reads small files into a shared pool.
  const { buffer } = new Uint8Array(bytes)
  const file = { byteLength: bytes.length, slice: (start: number, end?: number) => buffer.slice(start, end) }
  const rows: Omit<Row, 'path'>[] = []
  const faults: OpenLedgerError[] = []
  try {
    const metadata: FileMetaData = await parquetMetadataAsync(file)
    const count = Number(metadata.num_rows)
    requireFewRows(path, count)
    const columns = new Map(parquetSchema(metadata).children.map((column) => [column.element.name, column]))
    for (let rowStart = 0; rowStart < count; rowStart += chunkRows) {
      const rowEnd = Math.min(count, rowStart + chunkRows)
      const options = { file, metadata, compressors, rowStart, rowEnd, utf8: false, parsers: { stringFromBytes } }
      const chunk = await parquetReadObjects(options)
      if (chunk.length !== rowEnd - rowStart) throw new Error(`it says ${count} rows and has others`)
      for (const [i, raw] of chunk.entries()) {
        const record = rowStart + i + 1
        const found: Found = { damaged: undefined, rounded: new Map() }
        const value = Object.fromEntries(
          Object.entries(raw).map(([field, cell]) => {
            const column = columns.get(field)
            const kept = asWritten && column !== undefined ? withFloats(cell, column, 0) : cell
            return [field, plain(kept, field, found)]
          }),
        )
        if (found.damaged !== undefined) {
          const reason = `column ${JSON.stringify(found.damaged)} of row ${record} is not UTF-8 text`
          faults.push(new OpenLedgerError('OL1354', { path, reason }))
        } else {
          const { rounded } = found
          rows.push({ unit: 'row', line: record, record, value, ...(rounded.size > 0 && { rounded }) })
        }
      }
    }
  } catch (cause) {
    if (OpenLedgerError.is(cause)) throw cause
    throw new OpenLedgerError('OL1354', { path, reason: reasonOf(cause) }, { cause })
  }
  return { rows, faults }
}

/** Stands for bytes that are not valid text. */
class DamagedText {}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Decodes a text; an error must wait until the row is known. */
function stringFromBytes(bytes: Uint8Array): string | DamagedText {
  try {
    return strict.decode(bytes)
  } catch {
    return new DamagedText()
  }
}

interface Found {
  /** The column with a damaged text. */
  damaged: string | undefined
  readonly rounded: Map<string, string>
}

const isStructure = (cell: unknown): cell is Readonly<Record<string, unknown>> =>
  typeof cell === 'object' && cell !== null && Object.getPrototypeOf(cell) === Object.prototype

/** Marks whole numbers of floating-point columns inside structures and lists, which only the schema distinguishes from integers. */
function withFloats(cell: unknown, column: SchemaTree, depth: number): unknown {
  if (Array.isArray(cell)) return cell.map((each) => withFloats(each, elementOf(column), depth + 1))
  if (isStructure(cell)) {
    const inner = new Map(column.children.map((child) => [child.element.name, child]))
    const entries = Object.entries(cell).map(([name, each]) => {
      const child = inner.get(name)
      return [name, child === undefined ? each : withFloats(each, child, depth + 1)]
    })
    return Object.fromEntries(entries)
  }
  const isFloat = column.element.type === 'DOUBLE' || column.element.type === 'FLOAT'
  if (!isFloat || depth === 0 || !Number.isInteger(cell)) return cell
  const literal = Object.is(cell, -0) ? '-0' : String(cell)
  return new WrittenNumber(literal.includes('e') ? literal : `${literal}.0`)
}

/** The element type of a list, which Parquet writes as a repeated group with one member, or as a repeated column. */
function elementOf(list: SchemaTree): SchemaTree {
  const [repeated] = list.children
  if (repeated?.element.repetition_type !== 'REPEATED') return list
  return repeated.children.length === 1 ? (repeated.children[0] as SchemaTree) : repeated
}

/** Converts a cell to JSON values, where JSON has an equivalent. */
function plain(cell: unknown, field: string, found: Found): unknown {
  if (cell instanceof DamagedText) found.damaged ??= field
  if (typeof cell === 'bigint') {
    const value = Number(cell)
    if (BigInt(value) !== cell) found.rounded.set(field, `the number ${cell} cannot be kept exactly: make it a text`)
    return value
  }
  if (Array.isArray(cell)) return cell.map((each) => plain(each, field, found))
  if (!isStructure(cell)) return cell ?? null
  return Object.fromEntries(Object.entries(cell).map(([name, each]) => [name, plain(each, field, found)]))
}
