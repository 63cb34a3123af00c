import type { OpenLedgerError } from '../errors/OpenLedgerError.js'

/** One row of a data file: what may be a record, and where it stands. */
export interface Row {
  /** The data file, as it was named. */
  readonly path: string
  /** What `line` counts: lines of a text, or rows of Parquet, which has no lines. */
  readonly unit: 'line' | 'row'
  /** 1-based; where the row begins. */
  readonly line: number
  /** 1-based, among the rows of the file. */
  readonly record: number
  readonly value: Readonly<Record<string, unknown>>
  /** Fields with a number that could not be kept exactly, and what is to be said of it. Nothing of them may be hashed. */
  readonly rounded?: ReadonlyMap<string, string>
}

/** Rows that one format gave, and what is wrong with those that it could not give. */
export interface ParsedRows {
  readonly rows: readonly Omit<Row, 'path'>[]
  /** One for each bad row, in their order. */
  readonly faults: readonly OpenLedgerError[]
}
