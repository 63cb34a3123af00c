import type { Database } from 'better-sqlite3'
import type { StoredRecord } from './DatanetStore.js'

/** A row of the table of records. */
export interface NewRecord extends Omit<StoredRecord, 'sequence'> {
  /** The record's place in the order of the Datanet; null for the next one. */
  readonly sequence: number | null
}

/** Makes a function that inserts rows into the table of records. Use it inside a transaction. */
export function recordInserter(database: Database): (record: NewRecord) => void {
  const insert = database.prepare(
    `INSERT INTO records (sequence, id, content, contributor, licence, signature, status, reason, reviewer,
       duplicateOf, nearDuplicateOf, similarity, contribution, addedAt)
     VALUES (@sequence, @id, @content, @contributor, @licence, @signature, @status, @reason, @reviewer,
       @duplicateOf, @nearDuplicateOf, @similarity, @contribution, @addedAt)`,
  )
  return (record) => void insert.run(record)
}
