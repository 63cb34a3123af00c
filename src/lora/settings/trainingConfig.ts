import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { readText } from '../../files/readText.js'
import { reasonOf } from '../../files/reasonOf.js'
import { nearestName } from '../../text/nearestName.js'
import { configFields, readingOf } from './configFields.js'
import type { Meaning } from './fieldReadings.js'
import { settingConflicts, trainingSettings } from './settings.js'
import { settingValues } from './settingValues.js'

/** The value of one setting in a settings file. */
export interface FileSetting {
  /** The field as the file spells it: `lora_r`. */
  readonly field: string
  readonly line: number
  readonly value: Plain | readonly Plain[]
}

type Plain = string | number | boolean

/** Settings whose flag can be repeated: a list sets it once per value. */
const repeatable: ReadonlySet<string> = new Set(['data', 'map'])

/** Maximum number of resolved YAML aliases: a few nested ones expand a kilobyte to terabytes. */
const aliasLimit = 32
const sizeLimit = 1_000_000

/** The command's side of reading a settings file. */
export interface SettingsReader {
  /** The names of all settings, such as `learningRate`. */
  readonly names: readonly string[]
  /**
   * Converts a value for the command; undefined if a flag overrides it.
   *
   * @throws OpenLedgerError when the value is not accepted
   */
  readonly read: (setting: string, given: FileSetting) => unknown
}

export interface SettingsFile {
  /** The settings that the file gives, by name. */
  readonly values: ReadonlyMap<string, FileSetting>
  /** One line for the user per field that has no effect, or a different one than in its own tool. */
  readonly notes: readonly string[]
}

/**
 * Reads the settings of a training from a YAML or JSON file. Fields are named like the flags of `openledger train`, in kebab,
 * snake or camel case, or like the fields of Axolotl, PEFT, TRL and LLaMA-Factory ({@link configFields}). A field without a
 * value has no effect.
 *
 * @throws OL1900 when the file cannot be read, OL1442 when it is not YAML or JSON with fields
 * @throws OL1440 for an unknown field, OL1441 for two fields that contradict each other, OL1443 for a refused value, OL1445 for
 * values that exclude each other, and the errors of `read`; OL1444 when there are several problems, with all of them
 * @example
 * const { values } = await readSettings('train.yaml', { names: ['rank'], read: (_, { value }) => value })
 * values.get('rank') // { field: 'lora_r', line: 3, value: 16 }
 */
export async function readSettings(path: string, reader: SettingsReader): Promise<SettingsFile> {
  const problems: Problem[] = []
  const given = new Map<string, FileSetting>()
  const frequencies: { setting: string; perEpoch: number; field: string; line: number }[] = []
  const notes: string[] = []
  const idle = new Map<string, string[]>()
  const hasNoEffect = (field: string, why: string): void => void idle.set(why, [...(idle.get(why) ?? []), field])
  for (const each of await readFields(path)) {
    const { field, line } = each
    collect(problems, line, () => {
      const meaning = meaningOf(path, each, reader.names)
      if (meaning === undefined) return
      if ('problem' in meaning) throw new OpenLedgerError('OL1443', { path, line, field, reason: meaning.problem })
      if (!('setting' in meaning)) return hasNoEffect(field, meaning.note)
      if ('perEpoch' in meaning) return void frequencies.push({ ...meaning, field, line })
      const { setting, note } = meaning
      if (note !== undefined) notes.push(`${field}: ${note}`)
      const plain = plainValue(path, line, field, meaning.value)
      const isList = Array.isArray(plain) && !repeatable.has(setting)
      // Other lists are joined with commas, as on the command line.
      const found = { field, line, value: isList ? plain.join(',') : plain }
      const other = given.get(setting)
      if (other && String(other.value) !== String(found.value))
        throw new OpenLedgerError('OL1441', { path, line, field, other: other.field, otherLine: other.line, setting })
      given.set(setting, found)
    })
  }
  for (const { setting, perEpoch, field, line } of frequencies) {
    if (perEpoch === 0) given.delete(setting)
    if (perEpoch === 0 || given.has(setting)) continue
    const isHeldOut = given.has('evalData') || Number(given.get('evalSplit')?.value ?? 0) > 0
    if (setting === 'evalSteps' && !isHeldOut) hasNoEffect(field, 'this file does not hold out any records')
    else {
      const times = perEpoch * Number(given.get('epochs')?.value ?? settingValues.epochs.default)
      // As in Axolotl, once per run means at its end, which always happens.
      if (times > 1) given.set(setting, { field, line, value: 1 / times })
    }
  }
  const read: Record<string, unknown> = {}
  for (const [setting, each] of given)
    collect(problems, each.line, () => {
      read[setting] = reader.read(setting, each)
    })
  problems.push(...conflictsIn(path, read, given))
  const [first, ...others] = problems.sort((a, b) => a.line - b.line)
  if (first && others.length === 0) throw first.error
  if (first) {
    const list = problems.map(({ error }) => {
      const { suggestion = '' } = error.details
      return `\n- ${error.message.replace(`${path}, `, '')}${suggestion === '' ? '' : ` (${String(suggestion).trim()})`}`
    })
    throw new OpenLedgerError('OL1444', { path, count: problems.length, problems: list.join('') })
  }
  return {
    values: given,
    notes: [
      ...notes,
      ...[...idle].map(
        ([why, fields]) => `${fields.join(', ')} ${fields.length > 1 ? 'have' : 'has'} no effect here: ${why}`,
      ),
    ],
  }
}

interface Problem {
  readonly line: number
  readonly error: OpenLedgerError
}

/** Collects OpenLedgerErrors that a function throws; any other error is rethrown. */
function collect(problems: Problem[], line: number, work: () => void): void {
  try {
    work()
  } catch (thrown) {
    if (!OpenLedgerError.is(thrown)) throw thrown
    problems.push({ line, error: thrown })
  }
}

/** Conflicts between values that are accepted one by one. */
function conflictsIn(
  path: string,
  read: Readonly<Record<string, unknown>>,
  given: ReadonlyMap<string, FileSetting>,
): Problem[] {
  // Lists and mappings are still text here, as in flags; no conflict depends on them.
  const shape: Readonly<Record<string, z.ZodType>> = trainingSettings.shape
  const known = Object.entries(read).filter(([name, value]) => shape[name]?.safeParse(value).success)
  const parsed = trainingSettings.safeParse(Object.fromEntries(known))
  if (!parsed.success) return []
  return settingConflicts(parsed.data).map(({ setting, value, reason }) => {
    const { field = setting, line = 1 } = given.get(setting) ?? {}
    return { line, error: new OpenLedgerError('OL1445', { path, line, field, value: JSON.stringify(value), reason }) }
  })
}

interface Field {
  readonly field: string
  readonly line: number
  readonly value: unknown
}

async function readFields(path: string): Promise<Field[]> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new OpenLedgerError('OL1442', { path, reason }, { cause })
  }
  const text = await readText(path)
  if (text.length > sizeLimit) refuse(`it has ${text.length} characters, more than ${sizeLimit}`)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) refuse(`line ${lines.linePos(problem.pos[0]).line}: ${problem.message}`, problem)
  const { contents } = document
  if (!isMap(contents)) return refuse(contents === null ? 'it is empty' : 'it has no fields of name and value')
  const places = new Map(
    contents.items.map(({ key }) => [
      isScalar(key) ? String(key.value) : '',
      isScalar(key) && key.range ? lines.linePos(key.range[0]).line : 1,
    ]),
  )
  try {
    const values = document.toJS({ maxAliasCount: aliasLimit }) as Record<string, unknown>
    // Fields from a merged mapping get the line of the merge.
    return Object.entries(values).map(([field, value]) => ({
      field,
      line: places.get(field) ?? places.get('<<') ?? 1,
      value,
    }))
  } catch (cause) {
    return refuse(reasonOf(cause), cause)
  }
}

/** The meaning of a field; undefined if it has no value or no effect. */
function meaningOf(path: string, { field, line, value }: Field, settings: readonly string[]) {
  const name = snakeCase(field)
  const own = camelCase(field)
  const read = readingOf(name)
  // Even an unknown field may be empty: Axolotl's examples are full of empty fields.
  if (value === null) return undefined
  const meaning: Meaning | undefined = read ? read(value) : { setting: own, value }
  const sets = meaning && 'setting' in meaning ? meaning.setting : undefined
  if (sets === undefined || settings.includes(sets)) return meaning
  const nearest = nearestName(name, [...settings.map(snakeCase), ...Object.keys(configFields)])
  const suggestion = nearest === undefined ? '' : `Did you mean ${nearest}? `
  throw new OpenLedgerError('OL1440', { path, line, field, suggestion })
}

function plainValue(path: string, line: number, field: string, value: unknown): Plain | Plain[] {
  const plain = (each: unknown): each is Plain => ['string', 'number', 'boolean'].includes(typeof each)
  if (plain(value)) return value
  if (Array.isArray(value) && value.length > 0 && value.every(plain)) return value
  throw new OpenLedgerError('OL1443', {
    path,
    line,
    field,
    reason: `${JSON.stringify(value)} is neither a value nor a list of values`,
  })
}

const camelCase = (name: string): string =>
  name.replace(/[-_]+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
const snakeCase = (name: string): string =>
  name.replaceAll('-', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
