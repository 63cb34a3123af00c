import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { readText } from '../files/readText.js'
import { reasonOf } from '../files/reasonOf.js'
import { configFields } from './configFields.js'
import { nearestName } from './nearestName.js'

/** What a settings file says of one setting. */
export interface FileSetting {
  /** As it is written there: `lora_r`. */
  readonly field: string
  readonly line: number
  readonly value: string | number | boolean
}

/** References of a YAML file that are followed; a few of them in each other make terabytes of a kilobyte. */
const aliasLimit = 32
const sizeLimit = 1_000_000

/**
 * Reads the settings of a training from a YAML or JSON file. Fields are named as the flags of `openledger train`, in any
 * of the cases that names are written in, or as Axolotl, PEFT and TRL name the same ({@link configFields}). A field
 * without a value says nothing.
 *
 * @param settings the names there are, as `learningRate`
 * @returns the settings that the file gives, by name
 * @throws OL1900 when it cannot be read, OL1442 when it is not YAML or JSON with fields
 * @throws OL1440 of a field that is not known, OL1441 of two that contradict each other, OL1443 of a value that cannot be taken
 * @example
 * const given = await readSettings('train.yaml', ['rank', 'learningRate'])
 * given.get('rank') // { field: 'lora_r', line: 3, value: 16 }
 */
export async function readSettings(path: string, settings: readonly string[]): Promise<Map<string, FileSetting>> {
  const given = new Map<string, FileSetting>()
  for (const each of await readFields(path)) {
    const { field, line, value } = each
    const meaning = meaningOf(path, each, settings)
    if (meaning === undefined || value === null) continue
    if ('problem' in meaning) throw new OpenLedgerError('OL1443', { path, line, field, reason: meaning.problem })
    const { setting } = meaning
    const found = { field, line, value: plainValue(path, line, field, meaning.value) }
    const other = given.get(setting)
    if (other && other.value !== found.value)
      throw new OpenLedgerError('OL1441', { path, line, field, other: other.field, otherLine: other.line, setting })
    given.set(setting, found)
  }
  return given
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
    // Fields that another mapping was merged into this one with stand where the merge does.
    return Object.entries(values).map(([field, value]) => ({
      field,
      line: places.get(field) ?? places.get('<<') ?? 1,
      value,
    }))
  } catch (cause) {
    return refuse(reasonOf(cause), cause)
  }
}

/** What a field sets; undefined where it says nothing, or what is done anyway. */
function meaningOf(path: string, { field, line, value }: Field, settings: readonly string[]) {
  const name = snakeCase(field)
  const own = camelCase(field)
  const read = Object.hasOwn(configFields, name) ? configFields[name] : undefined
  const meaning = read ? read(value) : { setting: own, value }
  const sets = meaning && 'setting' in meaning ? meaning.setting : undefined
  if (sets === undefined || settings.includes(sets)) return meaning
  const nearest = nearestName(name, [...settings.map(snakeCase), ...Object.keys(configFields)])
  throw new OpenLedgerError('OL1440', { path, line, field, nearest })
}

/** Lists are written with commas, as on the command line. */
function plainValue(path: string, line: number, field: string, value: unknown): string | number | boolean {
  const plain = (each: unknown): each is string | number | boolean =>
    ['string', 'number', 'boolean'].includes(typeof each)
  if (plain(value)) return value
  if (Array.isArray(value) && value.length > 0 && value.every(plain)) return value.join(',')
  throw new OpenLedgerError('OL1443', {
    path,
    line,
    field,
    reason: `${JSON.stringify(value)} is neither a value nor a list of some`,
  })
}

const camelCase = (name: string): string =>
  name.replace(/[-_]+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
const snakeCase = (name: string): string =>
  name.replaceAll('-', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
