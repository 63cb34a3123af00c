import { randomUUID } from 'node:crypto'
import { scanJson } from './scanJson.js'

/**
 * A number of JSON that JavaScript would print otherwise than Python reads it: 1.0 and 1e5 are floats there, and print as
 * 1.0 and 100000.0. In JSON, canonical or not, it is the plain number.
 */
export class WrittenNumber {
  /** A float, or a whole number that has more digits than JavaScript writes out. */
  readonly value: number | bigint
  constructor(literal: string) {
    this.value = /[.eE]/.test(literal) ? Number(literal) : BigInt(literal)
  }
  toJSON(): number {
    return Number(this.value)
  }
}

/** The plain number of one that was kept as it was written. */
export const plainNumber = (value: unknown): unknown => (value instanceof WrittenNumber ? value.toJSON() : value)

/** From here on JSON of JavaScript has an exponent. */
const longest = 1e21
/** Nothing else can be such a number; most texts have none. */
const mayHave = /\d\.0|\d[eE]|\d{22}/

/**
 * Parses a text that is JSON. Numbers that Python would print otherwise are kept as {@link WrittenNumber}; those that are
 * members or elements of the outermost value are plain numbers, because they are columns of a table.
 *
 * @throws SyntaxError when it is no JSON
 * @example
 * parseAsWritten('{"score": 1.0, "arguments": {"degrees": 20.0}}')
 */
export function parseAsWritten(text: string): unknown {
  if (!mayHave.test(text)) return JSON.parse(text)
  // A key that no text can hold by accident or on purpose.
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
