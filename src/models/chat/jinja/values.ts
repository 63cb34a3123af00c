import { WrittenNumber } from '../../../files/WrittenNumber.js'
import { spend, TemplateError, unsupported } from './limits.js'

/** The arguments of a call in a template. */
export interface Arguments {
  readonly positional: readonly Value[]
  readonly named: ReadonlyMap<string, Value>
}

/**
 * A value of a template with Python's types: int is `bigint`, float is `number`, str is `string`, None is `null`, list is
 * an array. A template can reach no other JavaScript value.
 */
export type Value =
  | string
  | boolean
  | null
  | bigint
  | number
  | readonly Value[]
  | Tuple
  | Dict
  | DictView
  | Range
  | Iteration
  | Undefined
  | Markup
  | Callable
  | Namespace

export class Tuple {
  readonly items: readonly Value[]
  constructor(items: readonly Value[]) {
    this.items = items
  }
}

/** A text that the filter `escape` or `safe` marked as HTML. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** The value of a missing name, attribute or item: it prints as nothing, and any operation on it fails. */
export class Undefined {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** A callable value: a method, macro or global function, with its attributes. */
export class Callable {
  readonly label: string
  readonly call: (given: Arguments) => Value
  /** Reads an attribute, as of `loop`; undefined if there is none of that name. */
  readonly attribute: (name: string) => Value | undefined
  constructor(
    label: string,
    call: (given: Arguments) => Value,
    attribute: (name: string) => Value | undefined = () => undefined,
  ) {
    this.label = label
    this.call = call
    this.attribute = attribute
  }
}

/** The result of `namespace()`, the only value that a template can change. */
export class Namespace {
  readonly fields = new Dict()
}

/** A Python iterator, which can be consumed once: the result of `map`, `select` and similar filters. */
export class Iteration implements Iterable<Value> {
  readonly label: string
  readonly #iterator: Iterator<Value>
  constructor(label: string, items: Iterable<Value>) {
    this.label = label
    this.#iterator = items[Symbol.iterator]()
  }
  [Symbol.iterator](): Iterator<Value> {
    return this.#iterator
  }
}

export class Range {
  readonly start: bigint
  readonly stop: bigint
  readonly step: bigint
  constructor(start: bigint, stop: bigint, step: bigint) {
    this.start = start
    this.stop = stop
    this.step = step
  }
  get length(): bigint {
    const span = this.step > 0n ? this.stop - this.start : this.start - this.stop
    const size = this.step > 0n ? this.step : -this.step
    return span <= 0n ? 0n : (span + size - 1n) / size
  }
  at(i: bigint): bigint {
    return this.start + i * this.step
  }
  *[Symbol.iterator](): Generator<bigint> {
    for (let i = 0n; i < this.length; i++) yield this.at(i)
  }
}

/** Python's dict: it keeps insertion order, and 1, 1.0 and True are the same key. */
export class Dict {
  readonly #entries = new Map<string, readonly [Value, Value]>()
  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    for (const [key, value] of entries) this.set(key, value)
  }
  get size(): number {
    return this.#entries.size
  }
  get(key: Value): Value | undefined {
    return this.#entries.get(hashOf(key))?.[1]
  }
  has(key: Value): boolean {
    return this.#entries.has(hashOf(key))
  }
  set(key: Value, value: Value): void {
    const hash = hashOf(key)
    const kept = this.#entries.get(hash)
    this.#entries.set(hash, [kept === undefined ? key : kept[0], value])
  }
  entries(): Iterable<readonly [Value, Value]> {
    return this.#entries.values()
  }
  keys(): Value[] {
    return Array.from(this.entries(), ([key]) => key)
  }
  values(): Value[] {
    return Array.from(this.entries(), ([, value]) => value)
  }
}

/** The result of `keys()`, `values()` or `items()` of a dict. */
export class DictView {
  readonly kind: 'keys' | 'values' | 'items'
  readonly dict: Dict
  constructor(kind: 'keys' | 'values' | 'items', dict: Dict) {
    this.kind = kind
    this.dict = dict
  }
  items(): Value[] {
    if (this.kind === 'keys') return this.dict.keys()
    if (this.kind === 'values') return this.dict.values()
    return Array.from(this.dict.entries(), (entry) => new Tuple(entry))
  }
}

/** The hash of a dict key: keys have equal hashes exactly if they are equal. */
export function hashOf(value: Value): string {
  spend(1)
  if (typeof value === 'string') return `s${value}`
  if (value instanceof Markup) return `s${value.text}`
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'n1' : 'n0'
  if (typeof value === 'bigint') return `n${value}`
  if (typeof value === 'number') return Number.isInteger(value) ? `n${BigInt(value)}` : `n${value}`
  if (value instanceof Undefined) return 'undefined'
  if (value instanceof Tuple) return `t${JSON.stringify(value.items.map(hashOf))}`
  if (isList(value) || value instanceof Dict) throw new TemplateError(`unhashable type: '${typeName(value)}'`)
  throw unsupported(`a ${typeName(value)} as the key of a dict`)
}

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value)
export const isNumber = (value: Value): value is bigint | number | boolean =>
  typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean'
export const isText = (value: Value): value is string | Markup => typeof value === 'string' || value instanceof Markup
export const textOf = (value: string | Markup): string => (typeof value === 'string' ? value : value.text)

/** Python's name of a value's type. */
export function typeName(value: Value): string {
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'float'
  if (value === null) return 'NoneType'
  if (isList(value)) return 'list'
  if (value instanceof Tuple) return 'tuple'
  if (value instanceof Dict) return 'dict'
  if (value instanceof DictView) return `dict_${value.kind}`
  if (value instanceof Range) return 'range'
  if (value instanceof Undefined) return 'Undefined'
  if (value instanceof Markup) return 'Markup'
  if (value instanceof Namespace) return 'Namespace'
  return value.label
}

/** Python's truth value. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'string') return value !== ''
  if (typeof value === 'boolean') return value
  if (typeof value === 'bigint') return value !== 0n
  if (typeof value === 'number') return value !== 0
  if (value === null || value instanceof Undefined) return false
  if (value instanceof Markup) return value.text !== ''
  return lengthOf(value) !== 0
}

/** The number of items or characters; undefined for a value without a length. */
export function lengthOf(value: Value): number | undefined {
  if (isText(value)) return characterCount(textOf(value))
  if (isList(value)) return value.length
  if (value instanceof Tuple) return value.items.length
  if (value instanceof Dict) return value.size
  if (value instanceof DictView) return value.dict.size
  if (value instanceof Range) return Number(value.length)
  return value instanceof Undefined ? 0 : undefined
}

const hasPairs = (text: string): boolean => /[\ud800-\udbff]/.test(text)
/** The number of code points, as Python counts; JavaScript's length counts UTF-16 units. */
export const characterCount = (text: string): number => (hasPairs(text) ? Array.from(text).length : text.length)
export const characters = (text: string): string[] => (hasPairs(text) ? Array.from(text) : text.split(''))

/**
 * Iterates over a value.
 *
 * @throws TemplateError for a value that is not iterable
 */
export function iterate(value: Value): Iterable<Value> {
  if (isList(value)) return value
  if (isText(value)) {
    spend(textOf(value).length)
    return characters(textOf(value))
  }
  if (value instanceof Tuple) return value.items
  if (value instanceof Dict) return value.keys()
  if (value instanceof DictView) return value.items()
  if (value instanceof Range || value instanceof Iteration) return value
  if (value instanceof Undefined) return []
  throw new TemplateError(`'${typeName(value)}' object is not iterable`)
}

/** All items of a value, charged to the allowance. */
export function listOf(value: Value): Value[] {
  const items: Value[] = []
  for (const item of iterate(value)) {
    spend(1)
    items.push(item)
  }
  return items
}

/** Converts JSON to values of a template. Whole numbers are int, except a {@link WrittenNumber} that is a float. */
export function fromJson(value: unknown, depth = 0): Value {
  if (depth > 100) throw new TemplateError('the messages are nested too deeply')
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return value
  if (value instanceof WrittenNumber) return value.value
  // From here on JavaScript's JSON, including canonical JSON, writes an exponent, which Python reads as a float.
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value) : value
  if (Array.isArray(value)) return value.map((item) => fromJson(item ?? null, depth + 1))
  if (typeof value === 'object') {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    return new Dict(fields.map(([key, field]) => [key, fromJson(field, depth + 1)]))
  }
  throw new TemplateError(`the messages hold a ${typeof value}, which is not JSON`)
}
