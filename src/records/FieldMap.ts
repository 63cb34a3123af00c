import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { isObject } from '../files/readJsonLines.js'
import type { Row } from './Row.js'

/** Which column a field of a record is read from: `{ prompt: 'question', completion: 'answer' }`. */
export type FieldMap = Readonly<Record<string, string>>

/** What the command line says of columns. */
export interface FieldMapInput {
  /** `prompt=question,completion=answer`; several are taken together. */
  readonly map?: readonly string[] | undefined
  readonly promptField?: string | undefined
  readonly completionField?: string | undefined
}

/**
 * Reads which columns the fields of records are in.
 *
 * @param known the fields that may be named
 * @returns undefined where nothing is said; the fields in the order of the alphabet, so that equal maps are equal texts
 * @throws OL1356 when a part is not of the form field=column, names an unknown field, or contradicts another
 * @example
 * parseFieldMap({ map: ['prompt=question,completion=answer'] }, ['prompt', 'completion'])
 */
export function parseFieldMap(
  { map = [], promptField, completionField }: FieldMapInput,
  known: readonly string[],
): FieldMap | undefined {
  const pairs = [
    ...map.flatMap(cutPairs),
    ...(promptField === undefined ? [] : [['prompt', promptField] as const]),
    ...(completionField === undefined ? [] : [['completion', completionField] as const]),
  ]
  const found = new Map<string, string>()
  for (const [field, column] of pairs) {
    const refuse = (reason: string): never => {
      throw new OpenLedgerError('OL1356', { pair: `${field}=${column}`, reason, known: known.join(', ') })
    }
    if (column === '') refuse('it is not of the form field=column')
    if (!known.includes(field)) refuse(`records have no field ${JSON.stringify(field)}`)
    const other = found.get(field)
    if (other !== undefined && other !== column) refuse(`${field} is read from ${JSON.stringify(other)} already`)
    found.set(field, column)
  }
  return found.size === 0 ? undefined : Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A comma belongs to a column unless another field follows it. */
const cutPairs = (text: string): (readonly [string, string])[] =>
  text.split(/,(?=\s*\w+\s*=)/).map((pair) => {
    const at = pair.indexOf('=')
    return at < 0 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
  })

/**
 * The row with its fields in place of the columns that they are read from; other columns stay. A column is found by its
 * whole name, or else by the names of what is inside of it, with dots between: `instances.0.input`.
 *
 * @returns the reason instead where the row has no such column
 */
export function mapFields(row: Row, map: FieldMap | undefined): Row | { readonly problem: string } {
  if (map === undefined) return row
  const { value, rounded } = row
  const mapped: Record<string, unknown> = { ...value }
  const kept = new Map(rounded)
  const columns = Object.values(map)
  for (const column of columns) if (Object.hasOwn(mapped, column)) delete mapped[column]
  for (const [field, column] of Object.entries(map)) {
    const cell = cellOf(value, column)
    if (cell === undefined) return { problem: `it has no column ${JSON.stringify(column)}, but ${columnNames(value)}` }
    mapped[field] = cell
    kept.delete(field)
    const reason = rounded?.get(Object.hasOwn(value, column) ? column : (column.split('.')[0] as string))
    if (reason !== undefined) kept.set(field, reason)
  }
  return { ...row, value: mapped, ...(kept.size > 0 && { rounded: kept }) }
}

/** Whether an object has every column that a map names, at least the outermost part of it. */
export const hasColumns = (value: Row['value'], map: FieldMap): boolean =>
  Object.values(map).every((column) => column in value || (column.split('.')[0] as string) in value)

function cellOf(value: Row['value'], column: string): unknown {
  if (Object.hasOwn(value, column)) return value[column]
  return column
    .split('.')
    .reduce<unknown>(
      (inner, name) =>
        (isObject(inner) || Array.isArray(inner)) && Object.keys(inner).includes(name)
          ? (inner as Readonly<Record<string, unknown>>)[name]
          : undefined,
      value,
    )
}

const shownNames = 20

/** The columns of a row, for errors; those without a value are marked. */
const columnNames = (value: Row['value']): string =>
  columnList(Object.entries(value).map(([name, cell]) => (cell === null ? `${name} (empty)` : name)))

/** Names of columns, for people; not more than fit on a few lines. */
export function columnList(names: readonly string[]): string {
  if (names.length === 0) return '(none)'
  return [
    ...names.slice(0, shownNames),
    ...(names.length > shownNames ? [`${names.length - shownNames} more`] : []),
  ].join(', ')
}

/** Columns that are often prompt and completion, in lower case. */
const prompts = ['prompt', 'question', 'query', 'instruction', 'input', 'problem', 'text', 'source']
const completions = [
  'answer',
  'best answer',
  'long_answer',
  'response',
  'completion',
  'output',
  'solution',
  'canonical_solution',
  'target',
]

/** What to say of a row whose columns show nothing: their names, and what to write for --map where they are well known. */
export function shapeless(value: Row['value']): string {
  const suggestion = suggestFieldMap(value)
  return `it has the fields ${columnNames(value)}${suggestion === undefined ? '' : `; if that is what they are, add --map '${suggestion}'`}`
}

/** By columns that are often prompt and completion; never applied by itself. */
function suggestFieldMap(value: Row['value']): string | undefined {
  const columnAmong = (names: readonly string[]): string | undefined => {
    const found = (lower: string) => (name: string) => name.toLowerCase() === lower && typeof value[name] === 'string'
    return names.flatMap((name) => Object.keys(value).filter(found(name)))[0]
  }
  const [prompt, completion] = [columnAmong(prompts), columnAmong(completions)]
  if (prompt === undefined || completion === undefined) return undefined
  const named = { prompt, completion }
  return Object.entries(named)
    .flatMap(([field, column]) => (field === column ? [] : [`${field}=${column}`]))
    .join(',')
}
