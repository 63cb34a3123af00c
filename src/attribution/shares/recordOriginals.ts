import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { passagesOf } from '../../records/recordTexts.js'
import type { TrainingRecord } from '../../records/trainingRecord.js'
import { originalsOf } from '../../text/originals.js'

/** The parts of a training record that decide which of two records was first, and whether one copies the other. */
export type OrderedRecord = Pick<TrainingRecord, 'path' | 'line' | 'record' | 'sequence' | 'content'>

/**
 * For each record, the original that it copies, or itself. The earliest record of a Datanet is the one with the lowest
 * `sequence`, its position in the order of signed contributions, which the root of a version commits to. Records without
 * sequences are ordered as in their file, and several files in the order given.
 *
 * @returns an index for each record; an original has its own
 * @throws OL1518 when only some records of a file have a sequence, OL1519 when two have the same
 */
export function recordOriginals(records: readonly OrderedRecord[]): Int32Array {
  const order = contributionOrder(records)
  const found = originalsOf(order.map((index) => passagesOf((records[index] as OrderedRecord).content)))
  const originals = new Int32Array(records.length)
  for (const [place, index] of order.entries()) originals[index] = order[found[place] as number] as number
  return originals
}

/** The indices of the records, earliest contribution first. */
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
