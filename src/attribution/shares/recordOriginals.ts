import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { passagesOf } from '../../records/recordTexts.js'
import type { TrainingRecord } from '../../records/trainingRecord.js'
import { originalsOf } from '../../text/originals.js'

/** What decides which of two records was first, and whether one copies the other. */
/** What of a training record decides whether it is a copy. */
export type OrderedRecord = Pick<TrainingRecord, 'path' | 'line' | 'record' | 'sequence' | 'content'>

/**
 * For each record the one that it copies, or itself. Of the records of a Datanet the first is the one of the lowest `sequence`,
 * their place in the order of signed contributions, which the root of a version binds. A file whose records have none is in
 * its own order, and of several files the first comes first.
 *
 * @returns an index for each record, its own where it is an original
 * @throws OL1518 when only some records of a file have a sequence, OL1519 when two have the same
 */
export function recordOriginals(records: readonly OrderedRecord[]): Int32Array {
  const order = contributionOrder(records)
  const found = originalsOf(order.map((index) => passagesOf((records[index] as OrderedRecord).content)))
  const originals = new Int32Array(records.length)
  for (const [place, index] of order.entries()) originals[index] = order[found[place] as number] as number
  return originals
}

/** The indices of the records, the first contribution first. */
function contributionOrder(records: readonly OrderedRecord[]): number[] {
  const files = new Map<string, number[]>()
  for (const [index, { path }] of records.entries()) {
    const file = files.get(path)
    if (file === undefined) files.set(path, [index])
    else file.push(index)
  }
  return [...files].flatMap(([path, indices]) => {
    const first = new Map<number, OrderedRecord>()
    const without = indices
      .map((index) => records[index] as OrderedRecord)
      .find(({ sequence }) => sequence === undefined)
    for (const index of indices) {
      const record = records[index] as OrderedRecord
      if (record.sequence === undefined) continue
      if (without !== undefined) throw new OpenLedgerError('OL1518', { path, line: without.line, other: record.line })
      const same = first.get(record.sequence)
      if (same !== undefined)
        throw new OpenLedgerError('OL1519', { path, line: same.line, other: record.line, sequence: record.sequence })
      first.set(record.sequence, record)
    }
    const place = (index: number): number => {
      const { sequence, record } = records[index] as OrderedRecord
      return sequence ?? record
    }
    return indices.toSorted((a, b) => place(a) - place(b))
  })
}
