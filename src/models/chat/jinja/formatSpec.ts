import { exponential, fixed, general } from './decimals.js'
import { checkLength, TemplateError, unsupported } from './limits.js'
import { print, printFloat } from './print.js'
import { isNumber, isText, textOf, typeName, type Value } from './values.js'

const specification = /^(?:([\s\S])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/u

/**
 * Python's `format(value, spec)`; the spec is the part after the colon in `'{:>8.2f}'.format(x)`.
 *
 * @throws TemplateError when Python raises, and for a type that is not supported
 */
export function formatSpec(value: Value, spec: string): string {
  if (spec === '') return print(value)
  const found = specification.exec(spec)
  if (found === null) throw new TemplateError(`Invalid format specifier '${spec}'`)
  const [, fill, align, sign = '', z, alternate, zero, width, grouping, precision, type] = found
  if (z !== undefined || alternate !== undefined) throw unsupported(`the format ${spec}`)
  const places = precision === undefined ? undefined : checkLength(Number(precision))
  const size = width === undefined ? 0 : checkLength(Number(width))
  const by = (text: string, natural: string): string => {
    const filler = fill ?? (zero === undefined ? ' ' : '0')
    return aligned(text, size, filler, align ?? (zero !== undefined && isNumber(value) ? '=' : natural))
  }
  if (isText(value)) {
    if (type !== undefined && type !== 's')
      throw new TemplateError(`Unknown format code '${type}' for object of type 'str'`)
    if (sign !== '' || grouping !== undefined || align === '=')
      throw new TemplateError(`Invalid format specifier '${spec}'`)
    const text = textOf(value)
    return by(places === undefined ? text : Array.from(text).slice(0, places).join(''), '<')
  }
  if (!isNumber(value)) throw new TemplateError(`unsupported format string passed to ${typeName(value)}.__format__`)
  if (typeof value === 'boolean' && type === undefined) throw unsupported('a format of a boolean')
  const [digits, decimals] = number(typeof value === 'boolean' ? BigInt(value) : value, type, places, spec)
  const negative = digits.startsWith('-')
  const bare = negative ? digits.slice(1) : digits
  if (grouping !== undefined && (zero !== undefined || align === '=')) throw unsupported(`the format ${spec}`)
  const every = type !== undefined && 'xXob'.includes(type) ? 4 : 3
  const grouped = grouping === undefined ? bare : group(bare, grouping, every)
  return by((negative ? '-' : sign === '-' ? '' : sign) + grouped + decimals, '>')
}

/** The signed digits before the point, and the rest. */
function number(
  value: bigint | number,
  type: string | undefined,
  places: number | undefined,
  spec: string,
): [string, string] {
  if (typeof value === 'bigint' && (type === undefined || 'dxXob'.includes(type))) {
    if (places !== undefined) throw new TemplateError('Precision not allowed in integer format specifier')
    const digits = value.toString({ x: 16, X: 16, o: 8, b: 2 }[type ?? 'd'] ?? 10)
    return [type === 'X' ? digits.toUpperCase() : digits, '']
  }
  const float = Number(value)
  const text = floatText(float, type, places, spec)
  const end = /^-?\d+/.exec(text)?.[0].length ?? text.length
  return [text.slice(0, end), text.slice(end)]
}

function floatText(value: number, type: string | undefined, places: number | undefined, spec: string): string {
  if (type === undefined) {
    if (places !== undefined) throw unsupported(`the format ${spec} of a float`)
    return printFloat(value)
  }
  if (type === '%') return `${fixed(value * 100, places ?? 6)}%`
  const write = { f: fixed, e: exponential, g: general }[type.toLowerCase() as 'f']
  if (write === undefined) throw new TemplateError(`Unknown format code '${type}' for object of type 'float'`)
  const text = write(value, places ?? 6)
  return type === type.toUpperCase() ? text.toUpperCase() : text
}

const group = (digits: string, separator: string, every: number): string =>
  digits.replace(new RegExp(`\\B(?=(?:[0-9a-fA-F]{${every}})+(?![0-9a-fA-F]))`, 'g'), separator)

function aligned(text: string, width: number, fill: string, align: string): string {
  const missing = width - Array.from(text).length
  if (missing <= 0) return text
  if (align === '<') return text + fill.repeat(missing)
  if (align === '>') return fill.repeat(missing) + text
  if (align === '^') return fill.repeat(missing >> 1) + text + fill.repeat(missing - (missing >> 1))
  const sign = /^[-+ ]?/.exec(text)?.[0] ?? ''
  return sign + fill.repeat(missing) + text.slice(sign.length)
}
