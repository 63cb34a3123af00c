import { bind, toIndex, toText } from './arguments.js'
import { itemOf } from './attributes.js'
import { type Filter, soft } from './filterOf.js'
import { checkLength, spend, TemplateError } from './limits.js'
import { compare, sorted } from './operators.js'
import { test } from './tests.js'
import {
  type Arguments,
  characters,
  Dict,
  hashOf,
  Iteration,
  isText,
  isTrue,
  iterate,
  lengthOf,
  listOf,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
} from './values.js'

/** A path such as `function.name` or `0.role`. */
export function getter(attribute: Value, fallback: Value = null): (item: Value) => Value {
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

/** Every item of a value, as `of` maps it. */
export function* mapped(value: Value, of: (item: Value) => Value): Generator<Value> {
  for (const item of iterate(value)) {
    spend(8)
    yield of(item)
  }
}

/** The filters select, reject, selectattr and rejectattr. */
export const choose =
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

/** The filters min (sign 1) and max (sign -1). */
export const extreme =
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

export function reversed(value: Value): Value {
  if (isText(value)) return characters(soft(value)).reverse().join('')
  if (value instanceof Iteration) return listOf(value).reverse()
  return new Iteration('reversed', listOf(value).reverse())
}

export function* batches(value: Value, given: Arguments): Generator<Value> {
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

export function* slices(value: Value, given: Arguments): Generator<Value> {
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

export function* unique(value: Value, given: Arguments): Generator<Value> {
  const [caseSensitive = false, attribute = null] = bind('unique', given, ['case_sensitive', 'attribute'])
  const of = keyed(attribute, caseSensitive)
  const seen = new Set<string>()
  for (const item of iterate(value)) {
    const hash = hashOf(of(item))
    if (!seen.has(hash)) yield item
    seen.add(hash)
  }
}

export function sort(value: Value, given: Arguments): Value {
  const names = ['reverse', 'case_sensitive', 'attribute']
  const [reverse = false, caseSensitive = false, attribute = null] = bind('sort', given, names)
  const paths = isText(attribute) ? textOf(attribute).split(',') : [attribute]
  const keys = paths.map((path) => keyed(path, caseSensitive))
  return sorted(listOf(value), (item) => keys.map((key) => key(item)), isTrue(reverse))
}

export function dictSort(value: Value, given: Arguments): Value {
  const names = ['case_sensitive', 'by', 'reverse']
  const [caseSensitive = false, by = 'key', reverse = false] = bind('dictsort', given, names)
  if (by !== 'key' && by !== 'value') throw new TemplateError('You can only sort by either "key" or "value"')
  if (!(value instanceof Dict)) throw new TemplateError(`'${typeName(value)}' object has no attribute 'items'`)
  const pairs = Array.from(value.entries(), (entry) => new Tuple(entry))
  return sorted(pairs, (pair) => keyed(by === 'key' ? 0n : 1n, caseSensitive)(pair), isTrue(reverse))
}

export function items(value: Value): Value {
  if (value instanceof Undefined) return new Iteration('generator', [])
  if (!(value instanceof Dict)) throw new TemplateError('Can only get item pairs from a mapping.')
  return new Iteration(
    'generator',
    Array.from(value.entries(), (entry) => new Tuple(entry)),
  )
}

export function length(value: Value): Value {
  const count = lengthOf(value)
  if (count === undefined) throw new TemplateError(`object of type '${typeName(value)}' has no len()`)
  return BigInt(count)
}

export function last(value: Value): Value {
  if (value instanceof Iteration) throw new TemplateError(`'${typeName(value)}' object is not reversible`)
  return listOf(value).at(-1) ?? new Undefined('No last item, sequence was empty.')
}

export function first(value: Value): Value {
  for (const item of iterate(value)) return item
  return new Undefined('No first item, sequence was empty.')
}
