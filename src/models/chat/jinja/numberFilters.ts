import { bind, toIndex } from './arguments.js'
import { fixed } from './decimals.js'
import { TemplateError, unsupported } from './limits.js'
import { parseFloatText, parseIntegerText } from './numbers.js'
import { binary, defined, numeric } from './operators.js'
import { type Arguments, isNumber, isText, textOf, typeName, Undefined, type Value } from './values.js'

export function round(value: Value, given: Arguments): Value {
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

export function toInt(value: Value, given: Arguments): Value {
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

export function toFloatValue(value: Value, given: Arguments): Value {
  const [fallback = 0] = bind('float', given, ['default'])
  if (value instanceof Undefined) throw new TemplateError(value.reason)
  if (isNumber(value)) return Number(numeric(value))
  return (isText(value) ? parseFloatText(textOf(value)) : undefined) ?? fallback
}
