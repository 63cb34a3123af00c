import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { isObject } from '../files/readJsonLines.js'
import type { Row } from './Row.js'

/** The column that each field of a record is read from: `{ prompt: 'question', completion: 'answer' }`. */
export type FieldMap = Readonly<Record<string, string>>

/** The options of the command line that name columns. */
export interface FieldMapInput {
  /** Maps such as `prompt=question,completion=answer`, which are combined. */
  readonly map?: readonly string[] | undefined
  readonly promptField?: string | undefined
  readonly completionField?: string | undefined
}

/**
 * Parses the options that name the columns of fields.
 *
 * @param known the fields that may be mapped
 * @returns undefined if no column is named; the fields are in alphabetical order, so that equal maps are equal texts
 * @throws OL1356 when a part does not have the form field=column, names an unknown field, or contradicts another
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

/** Splits at commas, except commas within a column name: a separating comma is followed by another field. */
const cutPairs = (text: string): (readonly [string, string])[] =>
  text.split(/,(?=\s*\w+\s*=)/).map((pair) => {
    const at = pair.indexOf('=')
    return at < 0 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
  })

/**
 * Replaces the mapped columns of a row by the fields that are read from them; other columns stay. A column is found by its
 * full name, or else by a dotted path: `instances.0.input`.
 *
 * @returns the mapped row, or the problem if the row has no such column
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

/** Whether an object has every column of a map, or at least the first part of its dotted path. */
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

/** Lists the columns of a row for error messages, and marks those without a value. */
const columnNames = (value: Row['value']): string =>
  columnList(Object.entries(value).map(([name, cell]) => (cell === null ? `${name} (empty)` : name)))

/** Lists the names of columns for messages, shortened to a few lines. */
export function columnList(names: readonly string[]): string {
  if (names.length === 0) return '(none)'
  return [
    ...names.slice(0, shownNames),
    ...(names.length > shownNames ? [`${names.length - shownNames} more`] : []),
  ].join(', ')
}

/** Common names of prompt and completion columns, in lower case. */
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

/** The problem of a row without a known shape: its columns, and a suggestion for --map if their names are common. */
export function shapeless(value: Row['value']): string {
  const suggestion = suggestFieldMap(value)
  return `it has the fields ${columnNames(value)}${suggestion === undefined ? '' : `; if that is what they are, add --map '${suggestion}'`}`
}

/** Suggests a map for common column names. It is only shown, never applied. */
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
