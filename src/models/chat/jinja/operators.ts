import type { BinaryOperator, Comparison } from './ast.js'
import { formatPercent } from './formatPercent.js'
import { checkLength, spend, TemplateError, unsupported } from './limits.js'
import {
  Dict,
  DictView,
  Iteration,
  isList,
  isNumber,
  isText,
  iterate,
  Markup,
  Range,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
} from './values.js'

/** The number of a value in arithmetic, where True is 1. */
export const numeric = (value: bigint | number | boolean): bigint | number =>
  typeof value === 'boolean' ? (value ? 1n : 0n) : value

/** @throws TemplateError when the value is undefined */
export function defined<Defined extends Value>(value: Defined): Exclude<Defined, Undefined> {
  if (value instanceof Undefined) throw new TemplateError(value.reason)
  return value as Exclude<Defined, Undefined>
}

/** Converts an int to a float. */
function toFloat(value: bigint | number): number {
  const float = Number(value)
  if (!Number.isFinite(float) && typeof value === 'bigint') throw new TemplateError('int too large to convert to float')
  return float
}

/** Python's arithmetic: an int stays an int, and integer division rounds down. */
export function binary(operator: BinaryOperator, left: Value, right: Value): Value {
  if (operator === '%' && isText(left)) return formatPercent(plainText(left), right)
  defined(left)
  defined(right)
  if (isNumber(left) && isNumber(right)) return arithmetic(operator, numeric(left), numeric(right))
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') return join(left, right)
    if (isText(left) && isText(right)) throw unsupported('joining a text that is marked as HTML with +')
    if (isList(left) && isList(right)) return [...left, ...right].slice(0, checkLength(left.length + right.length))
    if (left instanceof Tuple && right instanceof Tuple) return new Tuple([...left.items, ...right.items])
  }
  if (operator === '*') {
    const [sequence, times] = isNumber(left) ? [right, left] : [left, right]
    if (isNumber(times) && typeof times !== 'number') return repeat(sequence, times)
  }
  const types = `'${typeName(left)}' and '${typeName(right)}'`
  if (operator === '+' && isText(left))
    throw new TemplateError(`can only concatenate str (not "${typeName(right)}") to str`)
  throw new TemplateError(`unsupported operand type(s) for ${operator}: ${types}`)
}

function plainText(value: string | Markup): string {
  if (value instanceof Markup) throw unsupported('formatting a text that is marked as HTML')
  return value
}

const join = (left: string, right: string): string => {
  checkLength(left.length + right.length)
  return left + right
}

function repeat(sequence: Value, times: bigint | boolean): Value {
  const count = Math.max(0, Number(times))
  if (typeof sequence === 'string') return checkLength(sequence.length * count) === 0 ? '' : sequence.repeat(count)
  const items = sequence instanceof Tuple ? sequence.items : isList(sequence) ? sequence : undefined
  if (items === undefined) throw new TemplateError(`can't multiply sequence by non-int of type '${typeName(sequence)}'`)
  const repeated = Array.from({ length: checkLength(items.length * count) }, (_, i) => items[i % items.length] as Value)
  return sequence instanceof Tuple ? new Tuple(repeated) : repeated
}

function arithmetic(operator: BinaryOperator, left: bigint | number, right: bigint | number): bigint | number {
  if (typeof left === 'bigint' && typeof right === 'bigint') return integers(operator, left, right)
  return floats(operator, toFloat(left), toFloat(right))
}

const bits = (value: bigint): number => value.toString(16).length * 4

function integers(operator: BinaryOperator, left: bigint, right: bigint): bigint | number {
  if (right === 0n && (operator === '/' || operator === '//' || operator === '%'))
    throw new TemplateError(operator === '/' ? 'division by zero' : 'integer division or modulo by zero')
  if (operator === '+') return left + right
  if (operator === '-') return left - right
  if (operator === '*') {
    checkLength((bits(left) + bits(right)) * 64)
    return left * right
  }
  if (operator === '**') return power(left, right)
  if (operator === '/') {
    const exact = 2n ** 53n
    if (left > exact || left < -exact || right > exact || right < -exact)
      throw unsupported('dividing integers above 2 to the power 53')
    return Number(left) / Number(right)
  }
  const remainder = ((left % right) + right) % right
  return operator === '%' ? remainder : (left - remainder) / right
}

function power(base: bigint, exponent: bigint): bigint | number {
  if (exponent < 0n) {
    if (base === 0n) throw new TemplateError('0.0 cannot be raised to a negative power')
    return floats('**', toFloat(base), toFloat(exponent))
  }
  if (base >= -1n && base <= 1n) return base ** (exponent % 2n === 0n && exponent > 0n ? 2n : exponent > 0n ? 1n : 0n)
  checkLength(bits(base) * Number(exponent) * 64)
  return base ** exponent
}

function floats(operator: BinaryOperator, left: number, right: number): number {
  if (right === 0 && (operator === '/' || operator === '//' || operator === '%'))
    throw new TemplateError(operator === '%' ? 'float modulo' : 'float division by zero')
  if (operator === '+') return left + right
  if (operator === '-') return left - right
  if (operator === '*') return left * right
  if (operator === '/') return left / right
  if (operator === '**') return floatPower(left, right)
  // This follows CPython's float_divmod.
  let remainder = left % right
  let quotient = (left - remainder) / right
  if (remainder !== 0 && right < 0 !== remainder < 0) {
    remainder += right
    quotient -= 1
  } else if (remainder === 0) remainder = right < 0 ? -0 : 0
  if (operator === '%') return remainder
  if (quotient === 0) return left / right < 0 || Object.is(left / right, -0) ? -0 : 0
  const floor = Math.floor(quotient)
  return quotient - floor > 0.5 ? floor + 1 : floor
}

function floatPower(base: number, exponent: number): number {
  if (base === 0 && exponent < 0) throw new TemplateError('0.0 cannot be raised to a negative power')
  if (base < 0 && Number.isFinite(base) && Number.isFinite(exponent) && !Number.isInteger(exponent))
    throw unsupported('a power that is a complex number')
  const result = base ** exponent
  // Other powers differ in the last digit from one C library to another.
  if (!Number.isSafeInteger(result) || !Number.isInteger(base) || !Number.isInteger(exponent))
    throw unsupported('a power of floats that is not a whole number')
  return result
}

/** An int and a float are equal where their values are. */
const sameNumber = (a: bigint | number, b: bigint | number): boolean => !(a < b) && !(a > b) && a >= b

/** Python's `==`. */
export function equal(left: Value, right: Value, depth = 0): boolean {
  spend(8)
  if (depth > 200) throw new TemplateError('maximum recursion depth exceeded in comparison')
  if (isNumber(left) && isNumber(right)) return sameNumber(numeric(left), numeric(right))
  if (isText(left) && isText(right)) {
    spend(Math.min(textOf(left).length, textOf(right).length) / 8)
    return textOf(left) === textOf(right)
  }
  if (left === null || right === null) return left === right
  if (left instanceof Undefined && right instanceof Undefined) return true
  const items = (value: Value): readonly Value[] | undefined =>
    isList(value) ? value : value instanceof Tuple ? value.items : value instanceof Range ? [...value] : undefined
  if (typeName(left) === typeName(right)) {
    const [a, b] = [items(left), items(right)]
    if (a !== undefined && b !== undefined)
      return a.length === b.length && a.every((item, i) => equal(item, b[i] as Value, depth + 1))
    if (left instanceof Dict && right instanceof Dict) return equalDicts(left, right, depth)
  }
  if (left instanceof DictView && right instanceof DictView && left !== right)
    throw unsupported('comparing views of dicts')
  return left === right
}

function equalDicts(left: Dict, right: Dict, depth: number): boolean {
  if (left.size !== right.size) return false
  for (const [key, value] of left.entries()) {
    const other = right.get(key)
    if (other === undefined || !equal(value, other, depth + 1)) return false
  }
  return true
}

/** Python's order of numbers, texts, lists and tuples: below zero, zero or above zero. */
export function compare(left: Value, right: Value, sign = '<', depth = 0): number {
  spend(8)
  defined(left)
  defined(right)
  if (isNumber(left) && isNumber(right)) {
    const [a, b] = [numeric(left), numeric(right)]
    return a < b ? -1 : a > b ? 1 : sameNumber(a, b) ? 0 : Number.NaN
  }
  if (isText(left) && isText(right)) return compareTexts(textOf(left), textOf(right))
  const a = left instanceof Tuple ? left.items : isList(left) ? left : undefined
  const b = right instanceof Tuple ? right.items : isList(right) ? right : undefined
  if (a === undefined || b === undefined || typeName(left) !== typeName(right) || depth > 200)
    throw new TemplateError(`'${sign}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`)
  for (let i = 0; i < Math.min(a.length, b.length); i++)
    if (!equal(a[i] as Value, b[i] as Value)) return compare(a[i] as Value, b[i] as Value, sign, depth + 1)
  return a.length - b.length
}

/** Compares by code points; JavaScript would compare surrogates. */
function compareTexts(left: string, right: string): number {
  let i = 0
  while (i < left.length && left[i] === right[i]) i++
  spend(i / 8)
  const surrogate = (text: string): number => (i > 0 && /[\udc00-\udfff]/.test(text[i] ?? '') ? i - 1 : i)
  return (left.codePointAt(surrogate(left)) ?? -1) - (right.codePointAt(surrogate(right)) ?? -1)
}

/** Python's `in`. */
export function contains(container: Value, item: Value): boolean {
  if (isText(container)) {
    if (!isText(item)) throw new TemplateError(`'in <string>' requires string as left operand, not ${typeName(item)}`)
    spend(textOf(container).length / 8)
    return textOf(container).includes(textOf(item))
  }
  if (container instanceof Dict) return container.has(item)
  if (container instanceof DictView && container.kind === 'keys') return container.dict.has(item)
  if (isNumber(container) || container === null || !isIterable(container))
    throw new TemplateError(`argument of type '${typeName(container)}' is not iterable`)
  for (const each of iterate(container)) if (each === item || equal(each, item)) return true
  return false
}

export const isIterable = (value: Value): boolean =>
  isText(value) ||
  isList(value) ||
  [Tuple, Dict, DictView, Range, Iteration, Undefined].some((kind) => value instanceof kind)

/** One step of a comparison, which may be chained. */
export function holds(operator: Comparison, left: Value, right: Value): boolean {
  if (operator === '==') return equal(left, right)
  if (operator === '!=') return !equal(left, right)
  if (operator === 'in') return contains(right, left)
  if (operator === 'not in') return !contains(right, left)
  const order = compare(left, right, operator)
  if (operator === '<') return order < 0
  if (operator === '<=') return order <= 0
  return operator === '>' ? order > 0 : order >= 0
}

/** Sorts as Python does: stably, and in reverse with equal items still in their original order. */
export function sorted(items: readonly Value[], keyOf: (item: Value) => Value, reverse: boolean): Value[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }))
  const sign = reverse ? -1 : 1
  keyed.sort((a, b) => sign * compare(a.key, b.key))
  return keyed.map(({ item }) => item)
}

export const negate = (value: Value, sign: '-' | '+'): Value => {
  defined(value)
  if (!isNumber(value)) throw new TemplateError(`bad operand type for unary ${sign}: '${typeName(value)}'`)
  const number = numeric(value)
  return sign === '-' ? -number : number
}

/** Python's slice of a list, tuple, text or range. */
export function slice(value: Value, bounds: readonly Value[]): Value | undefined {
  if (isText(value) && value instanceof Markup) throw unsupported('a part of a text that is marked as HTML')
  const items = isText(value)
    ? Array.from(textOf(value))
    : isList(value)
      ? value
      : value instanceof Tuple
        ? value.items
        : undefined
  if (value instanceof Range) return sliceRange(value, bounds)
  if (items === undefined) return undefined
  spend(items.length)
  const picked = sliceIndices(bounds, items.length).map((i) => items[i] as Value)
  if (typeof value === 'string') return picked.join('')
  return value instanceof Tuple ? new Tuple(picked) : picked
}

function sliceRange(range: Range, bounds: readonly Value[]): Range {
  const length = Number(range.length)
  const { start, stop, step } = sliceBounds(bounds, length)
  return new Range(range.at(BigInt(start)), range.at(BigInt(stop)), range.step * BigInt(step))
}

function sliceBounds(
  [first = null, last = null, by = null]: readonly Value[],
  length: number,
): { readonly start: number; readonly stop: number; readonly step: number } {
  const number = (value: Value): number | null => {
    if (value === null) return null
    if (!isNumber(value) || typeof value === 'number')
      throw new TemplateError('slice indices must be integers or None or have an __index__ method')
    return Number(value)
  }
  const step = number(by) ?? 1
  if (step === 0) throw new TemplateError('slice step cannot be zero')
  const bound = (value: number | null, fallback: number): number => {
    if (value === null) return fallback
    const from = value < 0 ? value + length : value
    return step > 0 ? Math.min(Math.max(from, 0), length) : Math.min(Math.max(from, -1), length - 1)
  }
  const start = bound(number(first), step > 0 ? 0 : length - 1)
  const stop = bound(number(last), step > 0 ? length : -1)
  return { start, stop, step }
}

function sliceIndices(bounds: readonly Value[], length: number): number[] {
  const { start, stop, step } = sliceBounds(bounds, length)
  const indices: number[] = []
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) indices.push(i)
  return indices
}
