import { bindPositional } from './arguments.js'
import { formatBraces } from './formatBraces.js'
import { spend, TemplateError, unsupported } from './limits.js'
import { equal, slice } from './operators.js'
import { represent } from './print.js'
import { refusedTextMethods, textMethods } from './strings.js'
import {
  type Arguments,
  Callable,
  characters,
  Dict,
  DictView,
  Iteration,
  isList,
  isNumber,
  Markup,
  Namespace,
  Range,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from './values.js'

/** Refused attributes by Python type: the sandbox refuses those that mutate a value, and the rest is not supported. */
const unsafe: Readonly<Record<string, readonly string[]>> = {
  dict: ['clear', 'pop', 'popitem', 'setdefault', 'update'],
  list: ['append', 'clear', 'extend', 'insert', 'pop', 'remove', 'reverse', 'sort'],
}
const refused: Readonly<Record<string, readonly string[]>> = {
  dict: ['fromkeys'],
  int: 'as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator real to_bytes'.split(' '),
  float: 'as_integer_ratio conjugate fromhex hex imag real'.split(' '),
  range: ['count', 'index', 'start', 'step', 'stop'],
  dict_keys: ['isdisjoint', 'mapping'],
  dict_items: ['isdisjoint', 'mapping'],
  dict_values: ['mapping'],
}

/** Attributes of every Python object; a key of a dict may have any other name with underscores. */
const specialAttributes = new Set(
  `__abs__ __add__ __and__ __annotations__ __bool__ __builtins__ __bytes__ __call__ __ceil__ __class__
  __class_getitem__ __closure__ __code__ __contains__ __defaults__ __delattr__ __delitem__ __dict__ __dir__
  __divmod__ __doc__ __eq__ __float__ __floor__ __floordiv__ __format__ __ge__ __get__ __getattribute__
  __getformat__ __getitem__ __getnewargs__ __getstate__ __globals__ __gt__ __hash__ __iadd__ __imul__ __index__
  __init__ __init_subclass__ __int__ __invert__ __ior__ __iter__ __kwdefaults__ __le__ __len__ __lshift__ __lt__
  __mod__ __module__ __mul__ __name__ __ne__ __neg__ __new__ __or__ __pos__ __pow__ __qualname__ __radd__ __rand__
  __rdivmod__ __reduce__ __reduce_ex__ __repr__ __reversed__ __rfloordiv__ __rlshift__ __rmod__ __rmul__ __ror__
  __round__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __self__ __setattr__ __setitem__
  __sizeof__ __str__ __sub__ __subclasshook__ __text_signature__ __truediv__ __trunc__ __xor__`.split(/\s+/),
)

type Method = (given: Arguments, label: string) => Value

function listMethod(items: readonly Value[], name: string): Method | undefined {
  if (name === 'count')
    return (given, label) => {
      const [sought = null] = bindPositional(label, given, 1, 1)
      return BigInt(items.filter((item) => equal(item, sought)).length)
    }
  if (name === 'index')
    return (given, label) => {
      const [sought = null, ...bounds] = bindPositional(label, given, 1, 3)
      if (bounds.length > 0) throw unsupported('the bounds of index()')
      const i = items.findIndex((item) => equal(item, sought))
      if (i < 0) throw new TemplateError(`${represent(sought)} is not in list`)
      return BigInt(i)
    }
  return undefined
}

function dictMethod(dict: Dict, name: string): Method | undefined {
  if (name === 'get')
    return (given, label) => {
      const [key = null, fallback = null] = bindPositional(label, given, 1, 2)
      const found = dict.get(key)
      return found === undefined ? fallback : found
    }
  if (name === 'items' || name === 'keys' || name === 'values')
    return (given, label) => {
      bindPositional(label, given, 0, 0)
      return new DictView(name, dict)
    }
  return name === 'copy' ? () => new Dict(dict.entries()) : undefined
}

function methodOf(value: Value, name: string): Method | undefined {
  if (typeof value === 'string') {
    if (name === 'format') return (given) => formatBraces(value, given, { attribute: attributeOf, item: itemOf })
    const method = textMethods.get(name)
    if (method === undefined) return undefined
    return (given, label) => {
      spend(value.length)
      return method(value, given, label)
    }
  }
  if (value instanceof Tuple) return listMethod(value.items, name)
  if (isList(value)) return name === 'copy' ? () => [...value] : listMethod(value, name)
  if (value instanceof Dict) return dictMethod(value, name)
  if (typeof value === 'number' && name === 'is_integer') return () => Number.isInteger(value)
  return undefined
}

/** Python's `getattr` within the sandbox; undefined if there is no such attribute. */
function ownAttribute(value: Value, name: string): Value | undefined {
  if (value instanceof Undefined) throw new TemplateError(value.reason)
  if (specialAttributes.has(name)) return unsafeAttribute(value, name)
  if (value instanceof Namespace) return value.fields.get(name)
  if (value instanceof Callable) return callableAttribute(value, name)
  if (value instanceof Markup) throw unsupported(`the attribute ${name} of a text that is marked as HTML`)
  if (value instanceof Iteration) throw unsupported(`the attribute ${name} of a ${typeName(value)}`)
  const type = typeName(value)
  if (unsafe[type]?.includes(name)) return unsafeAttribute(value, name)
  const method = methodOf(value, name)
  if (method !== undefined) return new Callable('builtin_function_or_method', (given) => method(given, name))
  const isRefused =
    typeof value === 'string' ? refusedTextMethods.has(name) : refused[type === 'bool' ? 'int' : type]?.includes(name)
  if (isRefused) throw unsupported(`${type}.${name}`)
  return undefined
}

function callableAttribute(value: Callable, name: string): Value | undefined {
  const found = value.attribute(name)
  if (found === undefined && value.label !== 'LoopContext' && value.label !== 'Cycler')
    throw unsupported(`the attribute ${name} of a ${value.label}`)
  return found
}

/** An attribute that the sandbox hides: a template can test for it, but not use it. */
const unsafeAttribute = (value: Value, name: string): Undefined =>
  new Undefined(`access to attribute '${name}' of '${typeName(value)}' object is unsafe.`)

function missing(value: Value, key: Value): Undefined {
  const of = value === null ? 'None' : `${typeName(value)} object`
  if (typeof key !== 'string') return new Undefined(`${of} has no element ${represent(key)}`)
  return new Undefined(`'${of}' has no attribute '${key}'`)
}

/** `value[key]`; undefined if Python raises a TypeError or LookupError. */
function ownItem(value: Value, key: Value): Value | undefined {
  if (value instanceof Undefined) throw new TemplateError(value.reason)
  if (value instanceof Dict) return isList(key) || key instanceof Dict ? undefined : value.get(key)
  if (value instanceof Markup) throw unsupported('a part of a text that is marked as HTML')
  if (!isNumber(key) || typeof key === 'number') return undefined
  const at = (length: number): number => (Number(key) < 0 ? Number(key) + length : Number(key))
  if (typeof value === 'string') {
    const all = characters(value)
    return all[at(all.length)]
  }
  if (value instanceof Range) {
    const i = at(Number(value.length))
    return i >= 0 && i < value.length ? value.at(BigInt(i)) : undefined
  }
  const items = value instanceof Tuple ? value.items : isList(value) ? value : undefined
  return items?.[at(items.length)]
}

/** `value.name` in a template: the attribute, or else the item. */
export function attributeOf(value: Value, name: string): Value {
  const own = ownAttribute(value, name)
  const found = own === undefined ? ownItem(value, name) : own
  return found === undefined ? missing(value, name) : found
}

/** `value[key]` in a template: the item, or else the attribute. */
export function itemOf(value: Value, key: Value): Value {
  const own = ownItem(value, key)
  const found = own === undefined && typeof key === 'string' ? ownAttribute(value, key) : own
  return found === undefined ? missing(value, key) : found
}

/** `value[1:2]`. */
export function sliceOf(value: Value, bounds: readonly Value[]): Value {
  if (value instanceof Undefined) throw new TemplateError(value.reason)
  const part = slice(value, bounds)
  if (part === undefined) throw new TemplateError(`'${typeName(value)}' object is not subscriptable`)
  return part
}

/** The filter `attr`, which reads the attribute and never the item. */
export function onlyAttribute(value: Value, name: string): Value {
  const own = ownAttribute(value, name)
  return own === undefined ? missing(value, name) : own
}
