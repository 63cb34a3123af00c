import { bind, toIndex, toText } from './arguments.js'
import { onlyAttribute } from './attributes.js'
import { bare, type Filter, onText, soft } from './filterOf.js'
import { formatPercent } from './formatPercent.js'
import {
  batches,
  choose,
  dictSort,
  extreme,
  first,
  getter,
  items,
  last,
  length,
  mapped,
  reversed,
  slices,
  sort,
  unique,
} from './itemFilters.js'
import { toJson } from './json.js'
import { capitalize } from './letterCase.js'
import { spend, TemplateError } from './limits.js'
import { round, toFloatValue, toInt } from './numberFilters.js'
import { binary, defined, numeric } from './operators.js'
import { print } from './print.js'
import { joinTexts, replace, strip, textMethods } from './strings.js'
import { indent, markup, title, truncate } from './textFilters.js'
import {
  type Arguments,
  Dict,
  Iteration,
  isList,
  isNumber,
  isText,
  isTrue,
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

const fallback: Filter = (value, given) => {
  const [other = '', boolean = false] = bind('default', given, ['default_value', 'boolean'])
  return value instanceof Undefined || (isTrue(boolean) && !isTrue(value)) ? other : value
}

/** The filters by their names in templates. */
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
