import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { hashJson } from '../files/canonicalJson.js'
import { faultOf } from '../files/parseWith.js'
import { breathing } from './breathing.js'
import { type FieldMap, hasColumns, mapFields, shapeless } from './FieldMap.js'
import type { RecordContent } from './RecordContent.js'
import type { Row } from './Row.js'
import { readRows } from './readRows.js'
import { formatOf, type RecordFormat, recordShapes } from './recordShapes.js'
import { byLine, isOfRow, refuseAll } from './refuseAll.js'
import { withoutNulls } from './withoutNulls.js'

/** One record of a data file: its content, and its metadata. */
export interface TrainingRecord extends Pick<Row, 'path' | 'unit' | 'line' | 'record'> {
  readonly format: RecordFormat
  readonly content: RecordContent
  /** The id that the line states, or else keccak256 of the canonical JSON of the fields that are trained on. */
  readonly id: string
  readonly contributor: string | undefined
  /** Its position in the order of signed contributions, from 1, which a Datanet's version states. */
  readonly sequence: number | undefined
}

/** The records of one or more data files, in the order of the files and of the rows in each. */
export interface TrainingRecords {
  readonly records: readonly TrainingRecord[]
  /** The files, with the sha256 of their bytes and their number of records. */
  readonly files: readonly { readonly path: string; readonly sha256: `0x${string}`; readonly records: number }[]
  /** Columns that no field was read from. */
  readonly unread: readonly string[]
}

const metadata = z.object({
  id: z.string().min(1).optional(),
  contributor: z.string().min(1).optional(),
  // In other data this field can be anything, such as a protein's sequence, so only a positive integer is accepted.
  sequence: z.unknown().transform(placeOf).optional(),
})

const metadataFields = Object.keys(metadata.shape)

/** Further metadata of a Datanet's record, which is not reported as unread. */
const provenance = ['licence', 'signature']

/** Every field that is read from a record of any shape, and that a field map may name. */
export const trainingFields: readonly string[] = [
  ...new Set(Object.values(recordShapes).flatMap(({ reads }) => [...reads])),
  ...metadataFields,
]

/**
 * Reads training records from data files of any format that {@link readRows} supports. The fields of each record decide its
 * shape ({@link recordShapes}). Other fields are metadata and never trained on; a field that is null is absent.
 *
 * @param map the columns of fields that have other names
 * @param signal aborts reading
 * @throws OL1311 or OL1904 when one record is bad, with line, record and field; OL1357 when several are bad, with their
 * number and the first ten; OL1312 when a file has no records
 * @throws the errors of {@link readRows}
 * @example
 * const { records } = await readTrainingRecords(['train.jsonl', 'more.csv'], { prompt: 'question', completion: 'answer' })
 */
export async function readTrainingRecords(
  paths: readonly string[],
  map?: FieldMap,
  signal?: AbortSignal,
): Promise<TrainingRecords> {
  const records: TrainingRecord[] = []
  const bad: OpenLedgerError[] = []
  const files: TrainingRecords['files'][number][] = []
  const seen = new Set<string>()
  const read = new Set([
    ...provenance,
    ...Object.values(map ?? {}).flatMap((column) => [column, column.split('.')[0] as string]),
  ])
  const breathe = breathing(signal)
  const isRecord = (value: Row['value']): boolean =>
    map === undefined ? formatOf(value) !== undefined : hasColumns(value, map)
  for (const path of paths) {
    const { rows, faults, sha256 } = await readRows(path, isRecord, { signal, asWritten: true })
    if (rows.length + faults.length === 0) throw new OpenLedgerError('OL1312', { path })
    const wrong = [...faults]
    for (const row of rows) {
      try {
        const record = parseTrainingRecord(row, map)
        records.push(record)
        for (const field of Object.keys(row.value)) seen.add(field)
        for (const field of fieldsOf(record.format)) read.add(field)
      } catch (error) {
        if (!isOfRow(error)) throw error
        wrong.push(error)
      }
      await breathe()
    }
    bad.push(...byLine(wrong))
    files.push({ path, sha256, records: rows.length })
  }
  refuseAll(bad, records.length + bad.length)
  return { records, files, unread: [...seen].filter((field) => !read.has(field)) }
}

/** The number of records of each shape that occurs. */
export function countFormats(records: readonly TrainingRecord[]): Partial<Record<RecordFormat, number>> {
  const counts: Partial<Record<RecordFormat, number>> = {}
  for (const { format } of records) counts[format] = (counts[format] ?? 0) + 1
  return counts
}

const fieldsOf = (format: RecordFormat): readonly string[] => [...recordShapes[format].reads, ...metadataFields]

function parseTrainingRecord(row: Row, map: FieldMap | undefined): TrainingRecord {
  const { path, unit, line, record } = row
  const refuse = (field: string | undefined, problem: string): never => {
    const reason = field === undefined ? problem : `${field}: ${problem}`
    throw new OpenLedgerError('OL1311', { path, unit, line, record, reason })
  }
  const mapped = mapFields(row, map)
  if ('problem' in mapped) return refuse(undefined, mapped.problem)
  const value = withoutNulls(mapped.value) as Row['value']
  const format =
    formatOf(
      value,
      Object.keys(map ?? {}).filter((field) => !metadataFields.includes(field)),
    ) ?? refuse(undefined, shapeless(mapped.value))
  const content = recordShapes[format].training.safeParse(value)
  const known = metadata.safeParse(value)
  for (const { error } of [content, known]) {
    if (error === undefined) continue
    const { field, problem } = faultOf(error)
    refuse(field, `${problem}${columnOf(map, error.issues[0]?.path[0])}`)
  }
  for (const field of fieldsOf(format)) {
    const reason = mapped.rounded?.get(field)
    if (reason !== undefined) refuse(field, reason)
  }
  const { source, content: data } = content.data as NonNullable<typeof content.data>
  const { id = hashJson(source), contributor, sequence } = known.data as z.infer<typeof metadata>
  return { path, unit, line, record, format, content: data, id, contributor, sequence }
}

/** A positive integer, also one written as text in a CSV file; undefined for anything else. */
function placeOf(value: unknown): number | undefined {
  const stated = ['number', 'bigint', 'string'].includes(typeof value) ? String(value) : ''
  return /^[1-9]\d{0,14}$/.test(stated) ? Number(stated) : undefined
}

const columnOf = (map: FieldMap | undefined, field: PropertyKey | undefined): string => {
  const column = map?.[String(field)]
  return column === undefined || column === field ? '' : ` (column ${JSON.stringify(column)})`
}
