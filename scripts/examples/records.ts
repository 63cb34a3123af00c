// Given to the examples of src/records.
import type { Row } from 'openledger/models'

export declare const rows: readonly Row[]
export declare const work: (row: Row) => void
