import type { OpenLedgerError } from '../errors/OpenLedgerError.js'

/** One row of a data file, which may be a record, and its position. */
export interface Row {
  /** The data file, as the user named it. */
  readonly path: string
  /** The unit of `line`: lines of a text, or rows of Parquet, which has no lines. */
  readonly unit: 'line' | 'row'
  /** The line where the row begins, from 1. */
  readonly line: number
  /** The number of the row within the file, from 1. */
  readonly record: number
  readonly value: Readonly<Record<string, unknown>>
  /** Fields with a number that could not be represented exactly, with the problem. These fields must not be hashed. */
  readonly rounded?: ReadonlyMap<string, string>
}

/** The rows that the parser of one format found, and the errors of bad rows. */
export interface ParsedRows {
  readonly rows: readonly Omit<Row, 'path'>[]
  /** One error per bad row, in the order of the rows. */
  readonly faults: readonly OpenLedgerError[]
}
