import { constants } from 'node:buffer'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { decodeUtf8 } from '../files/decodeUtf8.js'
import { readWhole } from '../files/readWhole.js'
import { reasonOf } from '../files/reasonOf.js'
import { csvRows } from './csvRows.js'
import { foreignFormat } from './foreignFormat.js'
import { type IsRecord, jsonRows, type RowOptions } from './jsonRows.js'
import { parquetMagic, parquetRows } from './parquetRows.js'
import type { ParsedRows, Row } from './Row.js'

/** A data file, split into rows. */
export interface DataFile {
  readonly path: string
  /** sha256 of the file's bytes on disk, before decompression. */
  readonly sha256: `0x${string}`
  readonly rows: readonly Row[]
  /** One error per row that could not be read: a bad row does not hide the next. */
  readonly faults: readonly OpenLedgerError[]
}

/**
 * Reads a data file: JSON Lines, JSON with one array or with objects only, CSV, TSV or Parquet, optionally compressed with
 * gzip. Gzip, Parquet and JSON are recognized by content; CSV and TSV by the file name (`.csv`, `.tsv`, `.csv.gz`).
 *
 * @param isRecord whether an object is a record by itself, rather than the wrapper of an array in a JSON file
 * @throws OL1900 when the file cannot be read, OL1905 to OL1907 when it is not UTF-8 text or is too long, OL1355 when gzip
 * cannot be unpacked, OL1362 when it has more than {@link rowLimit} rows, OL1361 when it has an unsupported format, and
 * OL1903, OL1351, OL1352, OL1353 or OL1354 when the file is malformed
 * @example
 * const { rows } = await readRows('train.parquet')
 * rows[0]?.value // { question: 'What is a neap tide?', answer: '…' }
 */
export async function readRows(
  path: string,
  isRecord: IsRecord = () => false,
  options: RowOptions = {},
): Promise<DataFile> {
  const stored = await readWhole(path)
  const sha256 = `0x${createHash('sha256').update(stored).digest('hex')}` as const
  const bytes = isGzip(stored) ? await unpack(path, stored) : stored
  const { rows, faults } = await parse(path, bytes, isRecord, options)
  return { path, sha256, rows: rows.map((row) => ({ path, ...row })), faults }
}

async function parse(path: string, bytes: Uint8Array, isRecord: IsRecord, options: RowOptions): Promise<ParsedRows> {
  if (Buffer.from(bytes.subarray(0, parquetMagic.length)).toString('latin1') === parquetMagic)
    return parquetRows(path, bytes, options)
  const foreign = foreignFormat(bytes)
  if (foreign !== undefined) throw new OpenLedgerError('OL1361', { path, found: foreign.found, advice: foreign.advice })
  const text = decodeUtf8(path, bytes)
  const [, ending] = /\.([^.]+?)(?:\.gz)?$/.exec(path.toLowerCase()) ?? []
  if (ending === 'csv') return csvRows(path, text, ',')
  if (ending === 'tsv' || ending === 'tab') return csvRows(path, text, '\t')
  if (isUnknown(text)) throw new OpenLedgerError('OL1352', { path })
  return jsonRows(path, text, isRecord, options)
}

/** Whether neither the first nor the last line looks like JSON, so that the text is not JSON Lines with a bad line. */
function isUnknown(text: string): boolean {
  const lines = text.trim().split('\n')
  return (
    text.trim() !== '' &&
    ![lines[0], lines.at(-1)].some((line) => /^\s*[[{}"\]\d]|^\s*(?:true|false|null)\s*$/.test(line ?? ''))
  )
}

const isGzip = ([first, second]: Uint8Array): boolean => first === 0x1f && second === 0x8b

async function unpack(path: string, bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: constants.MAX_STRING_LENGTH })
  } catch (cause) {
    const isLong = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    const reason = isLong ? `it has more than ${constants.MAX_STRING_LENGTH} bytes` : reasonOf(cause)
    throw new OpenLedgerError('OL1355', { path, reason }, { cause })
  }
}
