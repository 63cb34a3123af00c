import { bind } from './arguments.js'
import { checkLength, spend, TemplateError } from './limits.js'
import { compare } from './operators.js'
import { printFloat, printInteger } from './print.js'
import { type Arguments, Dict, isList, isText, isTrue, Tuple, textOf, typeName, type Value } from './values.js'

interface Layout {
  readonly ascii: boolean
  readonly indent: string | undefined
  readonly between: string
  readonly colon: string
  readonly sort: boolean
}

/** The filter `tojson` as transformers defines it: Python's `json.dumps` without escapes for characters outside ASCII. */
export function toJson(value: Value, given: Arguments): string {
  const [ascii = false, indent = null, separators = null, sort = false] = bind('tojson', given, [
    'ensure_ascii',
    'indent',
    'separators',
    'sort_keys',
  ])
  const pair = separators === null ? undefined : separators instanceof Tuple ? separators.items : separators
  if (pair !== undefined && !(isList(pair) && pair.length === 2 && pair.every(isText)))
    throw new TemplateError('separators must be two texts')
  const [between = indent === null ? ', ' : ',', colon = ': '] = (pair ?? []).map((text) => textOf(text as string))
  return write(value, { ascii: isTrue(ascii), indent: indentation(indent), between, colon, sort: isTrue(sort) }, '\n')
}

function indentation(indent: Value): string | undefined {
  if (indent === null) return undefined
  if (isText(indent)) return textOf(indent)
  if (typeof indent === 'bigint' || typeof indent === 'boolean')
    return ' '.repeat(checkLength(Math.max(0, Number(indent))))
  throw new TemplateError(`an indent of type ${typeName(indent)}`)
}

function write(value: Value, layout: Layout, line: string): string {
  spend(8)
  if (line.length > 2 ** 16) throw new TemplateError('a value is nested too deeply for JSON')
  if (isText(value)) return quote(textOf(value), layout.ascii)
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint') return printInteger(value)
  if (typeof value === 'number') return writeFloat(value)
  const inner = layout.indent === undefined ? '' : line + layout.indent
  const wrap = (items: readonly string[], [open, close]: readonly [string, string]): string => {
    if (items.length === 0) return open + close
    checkLength(items.reduce((sum, item) => sum + item.length + inner.length, 0))
    const joined = items.join(layout.between + inner)
    return layout.indent === undefined ? open + joined + close : open + inner + joined + line + close
  }
  const next = layout.indent === undefined ? `${line} ` : inner
  if (isList(value) || value instanceof Tuple) {
    const items = value instanceof Tuple ? value.items : value
    return wrap(
      items.map((item) => write(item, layout, next)),
      ['[', ']'],
    )
  }
  if (value instanceof Dict) {
    const entries = [...value.entries()]
    if (layout.sort) entries.sort(([a], [b]) => compare(a, b))
    return wrap(
      entries.map(([key, each]) => quote(keyText(key), layout.ascii) + layout.colon + write(each, layout, next)),
      ['{', '}'],
    )
  }
  throw new TemplateError(`Object of type ${typeName(value)} is not JSON serializable`)
}

function keyText(key: Value): string {
  if (isText(key)) return textOf(key)
  if (key === null) return 'null'
  if (typeof key === 'boolean') return String(key)
  if (typeof key === 'bigint') return printInteger(key)
  if (typeof key === 'number') return writeFloat(key)
  throw new TemplateError(`keys must be str, int, float, bool or None, not ${typeName(key)}`)
}

const writeFloat = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? printFloat(value) : value > 0 ? 'Infinity' : '-Infinity'
}

const short: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
}

/** Control characters of ASCII, which are escaped; those outside ASCII are not. */
const control = '\\x00-\\x1f'
const special = new RegExp(`["\\\\${control}]`, 'g')

function quote(text: string, ascii: boolean): string {
  spend(text.length)
  const escaped = text.replace(
    ascii ? /[^ -~]|["\\]/g : special,
    (unit) => short[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `"${escaped}"`
}
