import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { hashJson } from '../files/canonicalJson.js'
import { formatOf, type RecordContent, type RecordFormat, recordFormats } from './recordContent.js'
import { type JsonRecord, readRecordFile } from './recordFile.js'

/** One record of a data file: what is trained on, and what is known of it. */
export interface TrainingRecord {
  readonly line: number
  readonly format: RecordFormat
  readonly content: RecordContent
  /** keccak256 of the canonical JSON of the fields that are trained on, unless the line gives its own id. */
  readonly id: string
  readonly contributor: string | undefined
}

const metadata = z.object({ id: z.string().min(1).optional(), contributor: z.string().min(1).optional() })

/**
 * Reads training records from JSON Lines or JSON, the shape of each decided by its own fields ({@link recordFormats}).
 * Further fields are metadata and never trained on.
 *
 * @throws OL1311 when a record has none of the shapes, naming line, record and field, and OL1312 when there is none
 * @throws OL1903, OL1904, OL1350 or OL1351 when the file is neither JSON Lines nor JSON with one array of records
 */
export async function readTrainingRecords(path: string): Promise<TrainingRecord[]> {
  const records = await readRecordFile(path, (value) => formatOf(value) !== undefined)
  if (records.length === 0) throw new OpenLedgerError('OL1312', { path })
  return records.map((record) => parseTrainingRecord(path, record))
}

/** How many records have each shape; shapes that none has are left out. */
export function countFormats(records: readonly TrainingRecord[]): Partial<Record<RecordFormat, number>> {
  const counts: Partial<Record<RecordFormat, number>> = {}
  for (const { format } of records) counts[format] = (counts[format] ?? 0) + 1
  return counts
}

function parseTrainingRecord(path: string, { line, record, value }: JsonRecord): TrainingRecord {
  const refuse = (field: string | undefined, problem: string): never => {
    const reason = field === undefined ? problem : `${field}: ${problem}`
    throw new OpenLedgerError('OL1311', { path, line, record, reason })
  }
  const format = formatOf(value) ?? refuse(undefined, `it has the fields ${Object.keys(value).join(', ') || '(none)'}`)
  const content = recordFormats[format].schema.safeParse(value)
  const known = metadata.safeParse(value)
  for (const { error } of [content, known]) {
    const issue = error?.issues[0]
    if (issue) refuse(issue.path.join('.'), issue.message)
  }
  const { source, content: data } = content.data as NonNullable<typeof content.data>
  return { line, format, content: data, id: known.data?.id ?? hashJson(source), contributor: known.data?.contributor }
}
