import { exponential, fixed, general } from './decimals.js'
import { checkLength, TemplateError, unsupported } from './limits.js'
import { print, represent } from './print.js'
import { Dict, isNumber, isText, Tuple, typeName, Undefined, type Value } from './values.js'

const directive = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?[hlL]?([\s\S]|$)/gu

/**
 * Python's `format % values`.
 *
 * @throws TemplateError when Python raises, and for a conversion that is not supported
 */
export function formatPercent(format: string, values: Value): string {
  const items = values instanceof Tuple ? values.items : [values]
  let taken = 0
  let named = false
  const next = (): Value => {
    const item = items[taken++]
    if (item === undefined) throw new TemplateError('not enough arguments for format string')
    return item
  }
  const number = (given: string | undefined): number => {
    if (given !== '*') return given === undefined ? 0 : checkLength(Number(given))
    throw unsupported('the width * of a format')
  }
  const written = format.replace(directive, (whole: string, key, flags: string, width, precision, type: string) => {
    if (type === '') throw new TemplateError('incomplete format')
    if (type === '%' && whole === '%%') return '%'
    let value: Value
    if (key !== undefined) {
      if (!(values instanceof Dict)) throw new TemplateError('format requires a mapping')
      named = true
      const found = values.get(key)
      if (found === undefined) throw new TemplateError(`KeyError: ${represent(key)}`)
      value = found
    } else value = type === '%' ? null : next()
    const places = whole.includes('.') ? number(precision) : undefined
    const text = convert(type, value, flags, places)
    return pad(text, flags, number(width), isNumber(value) && !'sra'.includes(type))
  })
  // Python accepts an unused argument if it could be a mapping.
  const mayBeUnused = named || values instanceof Dict || Array.isArray(values) || values instanceof Undefined
  if (taken < items.length && !mayBeUnused)
    throw new TemplateError('not all arguments converted during string formatting')
  return written
}

function convert(type: string, value: Value, flags: string, places: number | undefined): string {
  const cut = (text: string): string => (places === undefined ? text : Array.from(text).slice(0, places).join(''))
  if (type === 's') return cut(print(value))
  if (type === 'r') return cut(represent(value))
  if (type === 'c') {
    if (isText(value) && Array.from(print(value)).length === 1) return print(value)
    throw unsupported('the conversion %c of a number')
  }
  if (!'diuxXofFeEgG'.includes(type)) throw unsupported(`the conversion %${type}`)
  if (value instanceof Undefined && 'diu'.includes(type)) throw new TemplateError(value.reason)
  if (value instanceof Undefined && 'fFeEgG'.includes(type)) throw new TemplateError(value.reason)
  if (!isNumber(value)) throw new TemplateError(`%${type} format: a real number is required, not ${typeName(value)}`)
  const text = 'diuxXo'.includes(type)
    ? integer(type, value, flags, places)
    : float(type, Number(value), flags, places ?? 6)
  if (text.startsWith('-')) return text
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text
}

function integer(type: string, value: bigint | number | boolean, flags: string, places = 0): string {
  if (typeof value === 'number' && !'diu'.includes(type))
    throw new TemplateError(`%${type} format: an integer is required, not float`)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TemplateError('cannot convert float to integer')
  const whole = BigInt(typeof value === 'number' ? Math.trunc(value) : value)
  const base = { x: 16, X: 16, o: 8 }[type] ?? 10
  const digits = (whole < 0n ? -whole : whole).toString(base).padStart(places, '0')
  const prefix = flags.includes('#') ? ({ x: '0x', X: '0X', o: '0o' }[type] ?? '') : ''
  return `${whole < 0n ? '-' : ''}${prefix}${type === 'X' ? digits.toUpperCase() : digits}`
}

function float(type: string, value: number, flags: string, places: number): string {
  if (flags.includes('#')) throw unsupported('the flag # of a float')
  const text = { f: fixed, e: exponential, g: general }[type.toLowerCase() as 'f' | 'e' | 'g'](value, places)
  return type === type.toUpperCase() ? text.toUpperCase() : text
}

function pad(text: string, flags: string, width: number, isNumeric: boolean): string {
  const missing = width - Array.from(text).length
  if (missing <= 0) return text
  if (flags.includes('-')) return text + ' '.repeat(missing)
  if (!flags.includes('0') || !isNumeric || /[a-z]{3}/i.test(text)) return ' '.repeat(missing) + text
  const sign = /^[-+ ]?(?:0[xXo])?/.exec(text)?.[0] ?? ''
  return sign + '0'.repeat(missing) + text.slice(sign.length)
}
