import { unsupported } from './limits.js'
import { strip } from './strings.js'

/** Python's `int(text, base)`; undefined when it raises. */
export function parseIntegerText(text: string, base: number): bigint | undefined {
  const trimmed = strip(text, null)
  if (/(?![0-9])\p{Nd}/u.test(trimmed)) throw unsupported('numbers in digits other than 0 to 9')
  const found = /^([-+]?)(0[bBoOxX])?_?([0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)$/.exec(trimmed)
  if (found === null) return undefined
  const [, sign, prefix, digits = ''] = found
  if (base !== 10 && base !== 16 && base !== 8 && base !== 2) throw unsupported(`numbers of base ${base}`)
  const ofPrefix = { b: 2, o: 8, x: 16 }[(prefix ?? '').slice(1).toLowerCase()]
  if (prefix !== undefined && ofPrefix !== base) return base === 16 ? hex(sign, prefix + digits) : undefined
  if (prefix === undefined && trimmed.replace(/^[-+]/, '').startsWith('_')) return undefined
  const bare = digits.replaceAll('_', '')
  const allowed = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^\d+$/, 16: /^[\da-fA-F]+$/ }[base]
  if (!allowed.test(bare)) return undefined
  const value = BigInt({ 2: '0b', 8: '0o', 10: '', 16: '0x' }[base] + bare)
  return sign === '-' ? -value : value
}

/** `0b1` are three digits of base 16. */
function hex(sign: string | undefined, digits: string): bigint | undefined {
  if (!/^[\da-fA-F]+$/.test(digits)) return undefined
  return sign === '-' ? -BigInt(`0x${digits}`) : BigInt(`0x${digits}`)
}

/** Python's `float(text)`; undefined when it raises. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = strip(text, null)
  if (/(?![0-9])\p{Nd}/u.test(trimmed)) throw unsupported('numbers in digits other than 0 to 9')
  const special = /^([-+]?)(?:(inf(?:inity)?)|nan)$/i.exec(trimmed)
  if (special !== null)
    return special[2] === undefined
      ? Number.NaN
      : special[1] === '-'
        ? Number.NEGATIVE_INFINITY
        : Number.POSITIVE_INFINITY
  const digits = '\\d+(?:_\\d+)*'
  const isNumber = new RegExp(`^[-+]?(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:[eE][-+]?${digits})?$`)
  return isNumber.test(trimmed) ? Number(trimmed.replaceAll('_', '')) : undefined
}
