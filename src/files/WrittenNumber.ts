import { randomUUID } from 'node:crypto'
import { scanJson } from './scanJson.js'

/**
 * A JSON number that Python prints differently from JavaScript: 1.0 and 1e5 are floats in Python, which prints 1.0 and
 * 100000.0. JSON.stringify and canonical JSON write the plain number.
 */
export class WrittenNumber {
  /** A float, or a whole number with more digits than JavaScript prints. */
  readonly value: number | bigint
  constructor(literal: string) {
    this.value = /[.eE]/.test(literal) ? Number(literal) : BigInt(literal)
  }
  toJSON(): number {
    return Number(this.value)
  }
}

/** Converts a {@link WrittenNumber} to a plain number, and returns any other value as it is. */
export const plainNumber = (value: unknown): unknown => (value instanceof WrittenNumber ? value.toJSON() : value)

/** JavaScript prints numbers from here on with an exponent. */
const longest = 1e21
/** Matches every text that contains such a number. Most texts do not, and need no scan. */
const mayHave = /\d\.0|\d[eE]|\d{22}/

/**
 * Parses a JSON text and keeps numbers that Python prints differently as {@link WrittenNumber}. Members and elements of the
 * outermost value are columns of a table and stay plain numbers.
 *
 * @throws SyntaxError when the text is not JSON
 * @example
 * parseAsWritten('{"score": 1.0, "arguments": {"degrees": 20.0}}')
 */
export function parseAsWritten(text: string): unknown {
  if (!mayHave.test(text)) return JSON.parse(text)
  // A random key cannot occur in the text.
  const key = randomUUID()
  const parts: string[] = []
  let copied = 0
  scanJson(text, {
    grammarOnly: true,
    onValue: ({ depth, start, end }) => {
      if (depth < 2 || !/[-\d]/.test(text[start] as string)) return
      const literal = text.slice(start, end)
      const value = Number(literal)
      if (!Number.isInteger(value) || (!/[.eE]/.test(literal) && Math.abs(value) < longest)) return
      parts.push(text.slice(copied, start), `{"${key}":"${literal}"}`)
      copied = end
    },
  })
  if (copied === 0) return JSON.parse(text)
  return JSON.parse(parts.join('') + text.slice(copied), (_, value) =>
    typeof value === 'object' && value !== null && key in value ? new WrittenNumber(value[key]) : value,
  )
}
