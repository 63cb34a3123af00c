import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { breathing } from '../../records/breathing.js'
import { refuseAll } from '../../records/refuseAll.js'
import type { TrainingRecord } from '../../records/trainingRecord.js'
import type { BaseModel } from '../base/BaseModel.js'
import { type Example, encodeRecord } from './example.js'
import type { LossOn } from './segments.js'

/**
 * Tokenizes the records of data files, in their order. See {@link encodeRecord}.
 *
 * @throws OL1358 when the chat template cannot render the messages of one record; OL1357 when it fails for several
 */
export async function encodeRecords(
  base: BaseModel,
  records: readonly TrainingRecord[],
  { signal, ...options }: { readonly maximumLength: number; readonly lossOn: LossOn; readonly signal?: AbortSignal },
): Promise<Example[]> {
  const examples: Example[] = []
  const bad: OpenLedgerError[] = []
  const breathe = breathing(signal)
  for (const { content, path, unit, line, record } of records) {
    try {
      examples.push(encodeRecord(base, content, options))
    } catch (cause) {
      if (!OpenLedgerError.is(cause) || cause.code !== 'OL1307') throw cause
      const { reason } = cause.details as { readonly reason: string }
      bad.push(new OpenLedgerError('OL1358', { path, unit, line, record, base: base.path, reason }, { cause }))
    }
    await breathe()
  }
  refuseAll(bad, records.length)
  return examples
}
