import { checkLength, TemplateError } from './limits.js'
import { printFloat } from './print.js'

/** The digits of a finite float with a number of places, rounded half to even from its exact value as C does. */
export function fixed(value: number, places: number): string {
  checkLength(places)
  if (places > 1000) throw new TemplateError('more than 1000 places are asked for')
  if (!Number.isFinite(value)) return printFloat(value)
  const [numerator, denominator] = fraction(Math.abs(value))
  const scaled = numerator * 10n ** BigInt(places)
  const digits = divideToEven(scaled, denominator)
    .toString()
    .padStart(places + 1, '0')
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  return sign + (places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`)
}

/** `1.50e+03`. */
export function exponential(value: number, places: number): string {
  if (!Number.isFinite(value)) return printFloat(value)
  // JavaScript rounds ties up, so the exact value decides whether this is a tie.
  const [mantissa = '', power = '0'] = exactExponential(value, places).split('e')
  return `${mantissa}e${Number(power) < 0 ? '-' : '+'}${String(Math.abs(Number(power))).padStart(2, '0')}`
}

/** `%g`: a number of significant digits, an exponent if that is shorter, and no trailing zeros. */
export function general(value: number, precision: number, keepZeros = false): string {
  if (!Number.isFinite(value)) return printFloat(value)
  const digits = precision === 0 ? 1 : precision
  const power = Number(exponential(value, digits - 1).split('e')[1])
  const useExponent = power < -4 || power >= digits
  const text = useExponent ? exponential(value, digits - 1) : fixed(value, digits - 1 - power)
  return keepZeros ? text : text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '')
}

function exactExponential(value: number, places: number): string {
  if (value === 0) return `${fixed(value, places)}e0`
  const [numerator, denominator] = fraction(Math.abs(value))
  let power = Number(Math.abs(value).toExponential().split('e')[1])
  const digitsAt = (exponent: number): bigint => {
    const shift = places - exponent
    return shift >= 0
      ? divideToEven(numerator * 10n ** BigInt(shift), denominator)
      : divideToEven(numerator, denominator * 10n ** BigInt(-shift))
  }
  let digits = digitsAt(power).toString()
  if (digits.length > places + 1) digits = digitsAt(++power).toString()
  const mantissa = places === 0 ? digits : `${digits[0]}.${digits.slice(1)}`
  return `${value < 0 ? '-' : ''}${mantissa}e${power}`
}

/** A positive double as an exact quotient of integers. */
function fraction(value: number): readonly [bigint, bigint] {
  let [mantissa, shift] = [value, 0n]
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2
    shift++
  }
  return [BigInt(mantissa), 1n << shift]
}

function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const [quotient, remainder] = [numerator / denominator, numerator % denominator]
  const double = remainder * 2n
  return double > denominator || (double === denominator && quotient % 2n === 1n) ? quotient + 1n : quotient
}
