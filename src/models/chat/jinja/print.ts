import { spend, TemplateError, unsupported } from './limits.js'
import {
  Callable,
  Dict,
  DictView,
  Iteration,
  isList,
  Markup,
  Namespace,
  Range,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from './values.js'

/** Python's `str()`, which `{{ value }}` prints. */
export function print(value: Value): string {
  if (typeof value === 'string') return value
  if (value instanceof Markup) return value.text
  if (value instanceof Undefined) return ''
  return represent(value)
}

/** Python's `repr()`, the form of a value inside a printed list. */
export function represent(value: Value, depth = 0): string {
  spend(8)
  if (depth > 200) throw new TemplateError('a value is nested too deeply to be printed')
  const inner = (items: readonly Value[]): string => items.map((item) => represent(item, depth + 1)).join(', ')
  if (typeof value === 'string') return representText(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'bigint') return printInteger(value)
  if (typeof value === 'number') return printFloat(value)
  if (value === null) return 'None'
  if (value instanceof Undefined) return 'Undefined'
  if (isList(value)) return `[${inner(value)}]`
  if (value instanceof Tuple) return value.items.length === 1 ? `(${inner(value.items)},)` : `(${inner(value.items)})`
  if (value instanceof Dict) return representDict(value, depth)
  if (value instanceof DictView) return `dict_${value.kind}([${inner(value.items())}])`
  if (value instanceof Range) return `range(${value.start}, ${value.stop}${value.step === 1n ? '' : `, ${value.step}`})`
  if (value instanceof Markup) return `Markup(${representText(value.text)})`
  if (value instanceof Namespace) return `<Namespace ${representDict(value.fields, depth)}>`
  if (value instanceof Callable || value instanceof Iteration) throw unsupported(`printing a ${typeName(value)}`)
  throw unsupported('printing this value')
}

function representDict(dict: Dict, depth: number): string {
  const pairs = Array.from(
    dict.entries(),
    ([key, value]) => `${represent(key, depth + 1)}: ${represent(value, depth + 1)}`,
  )
  return `{${pairs.join(', ')}}`
}

export function printInteger(value: bigint): string {
  const digits = value.toString()
  if (digits.length > 4301) throw new TemplateError('Exceeds the limit (4300 digits) for integer string conversion')
  return digits
}

/** The shortest digits that round-trip. Python writes an exponent from 1e16 on, JavaScript from 1e21 on. */
export function printFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (value !== 0 && (power < -4 || power >= 16)) {
    const size = String(Math.abs(power)).padStart(2, '0')
    return `${digits}e${power < 0 ? '-' : '+'}${size}`
  }
  const places = Math.max(1, digits.replace(/^-?\d\.?/, '').length - power)
  // Every double below 1e16 has its shortest digits within this many places.
  return value.toString().includes('e') ? trimZeros(value.toFixed(Math.min(100, places))) : withPoint(value.toString())
}
const withPoint = (digits: string): string => (digits.includes('.') ? digits : `${digits}.0`)
const trimZeros = (digits: string): string => digits.replace(/(\.\d+?)0+$/, '$1')

/** Whether Python prints a character without escaping it. */
export const isPrintable = (character: string): boolean => character === ' ' || !/[\p{C}\p{Z}]/u.test(character)

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function representText(text: string): string {
  spend(text.length)
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const written = Array.from(text, (character) => {
    if (character === quote) return `\\${quote}`
    const known = escapes[character]
    if (known !== undefined) return known
    return isPrintable(character) ? character : escapeCharacter(character)
  })
  return `${quote}${written.join('')}${quote}`
}

/** `\x1b`, `\u2028` or `\U0001f600`. */
function escapeCharacter(character: string): string {
  const code = (character.codePointAt(0) as number).toString(16)
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`
}
