import { bind, toIndex, toText } from './arguments.js'
import { itemOf, onlyAttribute } from './attributes.js'
import { fixed } from './decimals.js'
import { formatPercent } from './formatPercent.js'
import { toJson } from './json.js'
import { capitalize } from './letterCase.js'
import { space } from './lexer.js'
import { checkLength, spend, TemplateError, unsupported } from './limits.js'
import { parseFloatText, parseIntegerText } from './numbers.js'
import { binary, compare, defined, numeric, sorted } from './operators.js'
import { print } from './print.js'
import { joinTexts, replace, splitLines, strip, textMethods } from './strings.js'
import { test } from './tests.js'
import {
  type Arguments,
  characters,
  Dict,
  hashOf,
  Iteration,
  isList,
  isNumber,
  isText,
  isTrue,
  iterate,
  lengthOf,
  listOf,
  Markup,
  Range,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
} from './values.js'

type Filter = (value: Value, given: Arguments) => Value

/** The text of a value; Markup is refused, because the filter would have to preserve it. */
function soft(value: Value): string {
  if (value instanceof Markup) throw unsupported('another filter on a text that is marked as HTML')
  return print(value)
}

const onText =
  (of: (text: string) => Value): Filter =>
  (value, given) => {
    bind('filter', given, [])
    return of(soft(value))
  }

/** A path such as `function.name` or `0.role`. */
function getter(attribute: Value, fallback: Value = null): (item: Value) => Value {
  const parts: Value[] =
    attribute === null
      ? []
      : isText(attribute)
        ? textOf(attribute)
            .split('.')
            .map((part) => (/^\d+$/.test(part) ? BigInt(part) : part))
        : [attribute]
  return (item) =>
    parts.reduce<Value>((value, part) => {
      const found = itemOf(value, part)
      return found instanceof Undefined && fallback !== null ? fallback : found
    }, item)
}

const ignoreCase = (value: Value): Value => (isText(value) ? textOf(value).toLowerCase() : value)
const keyed = (attribute: Value, caseSensitive: Value): ((item: Value) => Value) => {
  const of = getter(attribute)
  return isTrue(caseSensitive) ? of : (item) => ignoreCase(of(item))
}

function* mapped(value: Value, of: (item: Value) => Value): Generator<Value> {
  for (const item of iterate(value)) {
    spend(8)
    yield of(item)
  }
}

const map: Filter = (value, given) => {
  if (!isTrue(value)) return new Iteration('generator', [])
  if (given.positional.length === 0 && given.named.has('attribute')) {
    const [attribute = null, fallback = null] = bind('map', given, ['attribute', 'default'])
    return new Iteration('generator', mapped(value, getter(attribute, fallback)))
  }
  const [name, ...rest] = given.positional
  if (name === undefined) throw new TemplateError('map requires a filter argument')
  const inner = { positional: rest, named: given.named }
  return new Iteration(
    'generator',
    mapped(value, (item) => filter(toText('the name of a filter', name), item, inner)),
  )
}

const choose =
  (keep: boolean, byAttribute: boolean): Filter =>
  (value, given) => {
    const [attribute, ...others] = byAttribute ? given.positional : [null, ...given.positional]
    if (attribute === undefined) throw new TemplateError('Missing parameter for attribute name')
    const [name, ...rest] = others
    const of = getter(attribute)
    const holds = (item: Value): boolean =>
      name === undefined
        ? isTrue(of(item))
        : test(toText('the name of a test', name), of(item), { positional: rest, named: given.named })
    function* chosen(): Generator<Value> {
      if (isTrue(value))
        for (const item of iterate(value)) {
          spend(8)
          if (holds(item) === keep) yield item
        }
    }
    return new Iteration('generator', chosen())
  }

const extreme =
  (sign: 1 | -1): Filter =>
  (value, given) => {
    const [caseSensitive = false, attribute = null] = bind('min', given, ['case_sensitive', 'attribute'])
    const of = keyed(attribute, caseSensitive)
    const items = listOf(value)
    const [first] = items
    if (first === undefined) return new Undefined('No aggregated item, sequence was empty.')
    const better = (best: Value, item: Value): Value => (sign * compare(of(item), of(best)) < 0 ? item : best)
    return items.slice(1).reduce(better, first)
  }

function reversed(value: Value): Value {
  if (isText(value)) return characters(soft(value)).reverse().join('')
  if (value instanceof Iteration) return listOf(value).reverse()
  return new Iteration('reversed', listOf(value).reverse())
}

function round(value: Value, given: Arguments): Value {
  const [precision = 0n, method = 'common'] = bind('round', given, ['precision', 'method'])
  defined(value)
  if (!isNumber(value)) throw new TemplateError(`type ${typeName(value)} doesn't define __round__ method`)
  const places = toIndex(precision)
  const number = numeric(value)
  if (method === 'common') {
    if (typeof number === 'bigint') {
      if (places < 0) throw unsupported('rounding an integer to tens')
      return number
    }
    if (places < 0) throw unsupported('rounding to tens')
    return Number(fixed(number, Math.min(places, 400)))
  }
  if (method !== 'ceil' && method !== 'floor') throw new TemplateError('method must be common, ceil or floor')
  const scale = binary('**', 10n, precision)
  const scaled = Number(binary('*', number, scale))
  if (!Number.isFinite(scaled)) throw new TemplateError('cannot convert float infinity to integer')
  return binary('/', BigInt(method === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled)), scale)
}

function toInt(value: Value, given: Arguments): Value {
  const [fallback = 0n, base = 10n] = bind('int', given, ['default', 'base'])
  if (value instanceof Undefined) throw new TemplateError(value.reason)
  if (isText(value)) {
    const whole = parseIntegerText(textOf(value), toIndex(base))
    if (whole !== undefined) return whole
  }
  const number = isNumber(value) ? numeric(value) : isText(value) ? parseFloatText(textOf(value)) : undefined
  if (typeof number === 'bigint') return number
  return number === undefined || !Number.isFinite(number) ? fallback : BigInt(Math.trunc(number))
}

function toFloatValue(value: Value, given: Arguments): Value {
  const [fallback = 0] = bind('float', given, ['default'])
  if (value instanceof Undefined) throw new TemplateError(value.reason)
  if (isNumber(value)) return Number(numeric(value))
  return (isText(value) ? parseFloatText(textOf(value)) : undefined) ?? fallback
}

function indent(value: Value, given: Arguments): Value {
  const [width = 4n, first = false, blank = false] = bind('indent', given, ['width', 'first', 'blank'])
  if (!isText(value)) throw new TemplateError(`the filter indent on a ${typeName(defined(value))}`)
  const by = isText(width) ? textOf(width) : ' '.repeat(checkLength(Math.max(0, toIndex(width))))
  const [start = '', ...lines] = splitLines(`${soft(value)}\n`)
  const rest = lines.map((line) => (isTrue(blank) || line !== '' ? by + line : line))
  return joinTexts('\n', [isTrue(first) ? by + start : start, ...rest])
}

function truncate(value: Value, given: Arguments): Value {
  const [length = 255n, killWords = false, end = '...', leeway = null] = bind('truncate', given, [
    'length',
    'killwords',
    'end',
    'leeway',
  ])
  const all = characters(soft(isText(value) ? value : toText('the value of truncate', value)))
  const tail = toText('end', end)
  const [most, ending] = [toIndex(length), characters(tail).length]
  const more = leeway === null ? 5 : toIndex(leeway)
  if (most < ending || more < 0) throw new TemplateError(`expected length >= ${ending}, got ${most}`)
  if (all.length <= most + more) return all.join('')
  const kept = all.slice(0, most - ending).join('')
  return (isTrue(killWords) ? kept : kept.slice(0, kept.includes(' ') ? kept.lastIndexOf(' ') : kept.length)) + tail
}

function* batches(value: Value, given: Arguments): Generator<Value> {
  const [count = null, fill = null] = bind('batch', given, ['linecount', 'fill_with'], 1)
  const size = toIndex(count)
  let batch: Value[] = []
  for (const item of iterate(value)) {
    spend(1)
    if (batch.length === size) {
      yield batch
      batch = []
    }
    batch.push(item)
  }
  if (batch.length === 0) return
  while (fill !== null && batch.length < checkLength(size)) batch.push(fill)
  yield batch
}

function* slices(value: Value, given: Arguments): Generator<Value> {
  const [count = null, fill = null] = bind('slice', given, ['slices', 'fill_with'], 1)
  const [items, parts] = [listOf(value), checkLength(toIndex(count))]
  if (parts === 0) throw new TemplateError('integer division or modulo by zero')
  const [each, extra] = [Math.floor(items.length / parts), items.length % parts]
  for (let i = 0; i < parts; i++) {
    const start = i * each + Math.min(i, extra)
    const part = items.slice(start, start + each + (i < extra ? 1 : 0))
    yield fill !== null && i >= extra ? [...part, fill] : part
  }
}

function* unique(value: Value, given: Arguments): Generator<Value> {
  const [caseSensitive = false, attribute = null] = bind('unique', given, ['case_sensitive', 'attribute'])
  const of = keyed(attribute, caseSensitive)
  const seen = new Set<string>()
  for (const item of iterate(value)) {
    const hash = hashOf(of(item))
    if (!seen.has(hash)) yield item
    seen.add(hash)
  }
}

function sort(value: Value, given: Arguments): Value {
  const names = ['reverse', 'case_sensitive', 'attribute']
  const [reverse = false, caseSensitive = false, attribute = null] = bind('sort', given, names)
  const paths = isText(attribute) ? textOf(attribute).split(',') : [attribute]
  const keys = paths.map((path) => keyed(path, caseSensitive))
  return sorted(listOf(value), (item) => keys.map((key) => key(item)), isTrue(reverse))
}

function dictSort(value: Value, given: Arguments): Value {
  const names = ['case_sensitive', 'by', 'reverse']
  const [caseSensitive = false, by = 'key', reverse = false] = bind('dictsort', given, names)
  if (by !== 'key' && by !== 'value') throw new TemplateError('You can only sort by either "key" or "value"')
  if (!(value instanceof Dict)) throw new TemplateError(`'${typeName(value)}' object has no attribute 'items'`)
  const pairs = Array.from(value.entries(), (entry) => new Tuple(entry))
  return sorted(pairs, (pair) => keyed(by === 'key' ? 0n : 1n, caseSensitive)(pair), isTrue(reverse))
}

function items(value: Value): Value {
  if (value instanceof Undefined) return new Iteration('generator', [])
  if (!(value instanceof Dict)) throw new TemplateError('Can only get item pairs from a mapping.')
  return new Iteration(
    'generator',
    Array.from(value.entries(), (entry) => new Tuple(entry)),
  )
}

function length(value: Value): Value {
  const count = lengthOf(value)
  if (count === undefined) throw new TemplateError(`object of type '${typeName(value)}' has no len()`)
  return BigInt(count)
}

function last(value: Value): Value {
  if (value instanceof Iteration) throw new TemplateError(`'${typeName(value)}' object is not reversible`)
  return listOf(value).at(-1) ?? new Undefined('No last item, sequence was empty.')
}

function first(value: Value): Value {
  for (const item of iterate(value)) return item
  return new Undefined('No first item, sequence was empty.')
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '>': '&gt;', '<': '&lt;', "'": '&#39;', '"': '&#34;' }
const markup = (value: Value): Markup =>
  value instanceof Markup ? value : new Markup(print(value).replace(/[&<>'"]/g, (sign) => escapes[sign] as string))

/** Wraps a filter without arguments. */
const bare =
  (of: (value: Value) => Value): Filter =>
  (value, given) => {
    bind('filter', given, [])
    return of(value)
  }

const fallback: Filter = (value, given) => {
  const [other = '', boolean = false] = bind('default', given, ['default_value', 'boolean'])
  return value instanceof Undefined || (isTrue(boolean) && !isTrue(value)) ? other : value
}

const wordStart = new RegExp(`((?:${space}|[-({[<])+)`)
const title = (text: string): string =>
  text
    .split(wordStart)
    .map((word) => {
      const [start, ...rest] = characters(word)
      return start === undefined ? '' : start.toUpperCase() + rest.join('').toLowerCase()
    })
    .join('')

const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  [
    'abs',
    bare((value) => {
      defined(value)
      if (!isNumber(value)) throw new TemplateError(`bad operand type for abs(): '${typeName(value)}'`)
      const number = numeric(value)
      return number < 0 || Object.is(number, -0) ? -number : number
    }),
  ],
  ['attr', (value, given) => onlyAttribute(value, toText('the name', bind('attr', given, ['name'], 1)[0] ?? null))],
  ['batch', (value, given) => new Iteration('generator', batches(value, given))],
  ['capitalize', onText(capitalize)],
  [
    'center',
    (value, given) => {
      const [width = 80n] = bind('center', given, ['width'])
      return textMethods.get('center')?.(soft(value), { positional: [width], named: new Map() }, 'center') ?? null
    },
  ],
  ['count', bare(length)],
  ['d', fallback],
  ['default', fallback],
  ['dictsort', dictSort],
  ['e', bare(markup)],
  ['escape', bare(markup)],
  ['forceescape', bare((value) => markup(print(value)))],
  ['safe', bare((value) => new Markup(print(value)))],
  ['first', bare(first)],
  ['float', toFloatValue],
  [
    'format',
    (value, { positional, named }) => {
      if (positional.length > 0 && named.size > 0)
        throw new TemplateError("can't handle positional and keyword arguments at the same time")
      return formatPercent(soft(value), named.size > 0 ? new Dict(named) : new Tuple(positional))
    },
  ],
  ['indent', indent],
  ['int', toInt],
  ['items', bare(items)],
  [
    'join',
    (value, given) => {
      const [separator = '', attribute = null] = bind('join', given, ['d', 'attribute'])
      const of = getter(attribute)
      return joinTexts(
        print(separator),
        listOf(value).map((item) => print(of(item))),
      )
    },
  ],
  ['last', bare(last)],
  ['length', bare(length)],
  ['list', bare(listOf)],
  ['lower', onText((text) => text.toLowerCase())],
  ['map', map],
  ['max', extreme(-1)],
  ['min', extreme(1)],
  ['reject', choose(false, false)],
  ['rejectattr', choose(false, true)],
  ['select', choose(true, false)],
  ['selectattr', choose(true, true)],
  [
    'replace',
    (value, given) => {
      const [old = null, by = null, count = null] = bind('replace', given, ['old', 'new', 'count'], 2)
      return replace(print(value), print(old), print(by), count === null ? -1 : toIndex(count))
    },
  ],
  ['reverse', bare(reversed)],
  ['round', round],
  ['slice', (value, given) => new Iteration('generator', slices(value, given))],
  ['sort', sort],
  ['string', bare((value) => (value instanceof Markup ? value : print(value)))],
  [
    'sum',
    (value, given) => {
      const [attribute = null, start = 0n] = bind('sum', given, ['attribute', 'start'])
      if (isText(start)) throw new TemplateError("sum() can't sum strings [use ''.join(seq) instead]")
      const of = getter(attribute)
      return listOf(value).reduce<Value>((sum, item) => binary('+', sum, of(item)), start)
    },
  ],
  ['title', onText(title)],
  ['tojson', toJson],
  [
    'trim',
    (value, given) => {
      const [chars = null] = bind('trim', given, ['chars'])
      return strip(soft(value), chars === null ? null : toText('strip arg', chars))
    },
  ],
  ['truncate', truncate],
  ['unique', (value, given) => new Iteration('generator', unique(value, given))],
  ['upper', onText((text) => text.toUpperCase())],
  ['wordcount', onText((text) => BigInt(text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0))],
])

/** `value | name(…)`. */
export function filter(name: string, value: Value, given: Arguments): Value {
  const found = filters.get(name)
  if (found === undefined) throw new TemplateError(`No filter named '${name}'`)
  const cost = isText(value)
    ? textOf(value).length
    : isList(value) || value instanceof Range
      ? Number(lengthOf(value))
      : 0
  spend(cost)
  return found(value, given)
}
