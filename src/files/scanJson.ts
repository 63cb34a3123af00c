/**
 * Deepest nesting by default. Code that recurses through a parsed value stays far from the end of the stack, and no record
 * and no document of ours is nested as deeply.
 */
export const jsonDepthLimit = 128

/** The place at which a text stops being JSON that every parser reads as the same value, and the reason. */
export interface JsonFault {
  /** UTF-16 units from the start of the text. */
  readonly offset: number
  readonly reason: string
}

/** A number that a 64-bit double cannot hold exactly. */
export interface RoundedNumber extends JsonFault {
  /** The member of the outermost object that contains the number; undefined when the outermost value is not an object. */
  readonly field: string | undefined
}

export interface JsonScan {
  readonly fault: JsonFault | undefined
  readonly rounded: readonly RoundedNumber[]
}

export interface ScanOptions {
  readonly depthLimit?: number
  /** Called for every value. `depth` is 1 for a member or an element of the outermost value. */
  readonly onValue?: (value: { depth: number; key: string | undefined; start: number; end: number }) => void
  /** Check only the grammar and the depth. */
  readonly grammarOnly?: boolean
}

interface Open {
  /** The keys found so far; undefined for an array. */
  readonly keys: Set<string> | undefined
  key: string | undefined
  readonly start: number
}

type Expected = 'value' | 'element or ]' | 'key' | 'key or }' | 'colon' | 'comma' | 'end'

const words: Readonly<Record<Expected, string>> = {
  value: 'a value is missing',
  'element or ]': 'an element or ] is missing',
  key: 'a name in double quotes is missing',
  'key or }': 'a name in double quotes or } is missing',
  colon: 'a colon is missing after the name',
  comma: 'a comma or the closing bracket is missing',
  end: 'something follows the value',
}

/**
 * Checks in one pass whether a text is JSON that every parser reads as the same value. In addition to the grammar (RFC 8259)
 * no object may have a key twice, no string may contain half a character (RFC 7493), and the nesting has a limit. Numbers
 * that a double cannot hold are only listed, because the caller knows whether they are hashed. The scan does not recurse.
 *
 * @example
 * scanJson('{"a": 1, "a": 2}').fault // { offset: 9, reason: 'the key "a" is there twice in one object' }
 */
export function scanJson(text: string, options: ScanOptions = {}): JsonScan {
  const { depthLimit = jsonDepthLimit, onValue, grammarOnly = false } = options
  const rounded: RoundedNumber[] = []
  const open: Open[] = []
  let expected = 'value' as Expected
  let at = 0
  const stop = (offset: number, reason: string): JsonScan => ({ fault: { offset, reason }, rounded })
  const close = (start: number): void => {
    onValue?.({ depth: open.length, key: open.at(-1)?.key, start, end: at })
    expected = open.length === 0 ? 'end' : 'comma'
  }
  for (;;) {
    while (isSpace(text.charCodeAt(at))) at++
    if (at >= text.length)
      return expected === 'end' ? { fault: undefined, rounded } : stop(at, 'the text ends too early')
    const start = at
    const char = text[at] as string
    const inner = open.at(-1)
    const isClosing = char === (inner?.keys ? '}' : ']')
    if (isClosing && inner && ['comma', 'key or }', 'element or ]'].includes(expected)) {
      at++
      open.pop()
      close(inner.start)
    } else if (expected === 'comma' && char === ',' && inner) {
      at++
      expected = inner.keys ? 'key' : 'value'
    } else if (expected === 'colon' && char === ':') {
      at++
      expected = 'value'
    } else if ((expected === 'key' || expected === 'key or }') && char === '"' && inner?.keys) {
      const end = endOfString(text, start)
      if (typeof end !== 'number') return stop(end.offset, end.reason)
      at = end
      const key = JSON.parse(text.slice(start, end)) as string
      if (!grammarOnly && inner.keys.has(key))
        return stop(start, `the key ${JSON.stringify(key)} is there twice in one object`)
      if (!grammarOnly && isHalved(key)) return stop(start, halved)
      inner.keys.add(key)
      inner.key = key
      expected = 'colon'
    } else if (expected !== 'value' && expected !== 'element or ]') {
      return stop(start, `${words[expected]}: found ${JSON.stringify(char)}`)
    } else if (char === '{' || char === '[') {
      if (open.length === depthLimit) return stop(start, `it is nested deeper than ${depthLimit}`)
      at++
      open.push({ keys: char === '{' ? new Set() : undefined, key: undefined, start })
      expected = char === '{' ? 'key or }' : 'element or ]'
    } else if (char === '"') {
      const end = endOfString(text, start)
      if (typeof end !== 'number') return stop(end.offset, end.reason)
      at = end
      if (!grammarOnly && mayBeHalved.test(text.slice(start, end)) && isHalved(JSON.parse(text.slice(start, end))))
        return stop(start, halved)
      close(start)
    } else {
      scalar.lastIndex = start
      const found = scalar.exec(text)?.[0]
      if (found === undefined) return stop(start, `${words[expected]}: found ${JSON.stringify(char)}`)
      at += found.length
      if (/\w/.test(text[at] ?? '')) return stop(at, `${JSON.stringify(text[at])} does not belong to ${found}`)
      const reason = /^[-\d]/.test(found) ? roundingOf(found) : undefined
      if (reason !== undefined) rounded.push({ offset: start, reason, field: open[0]?.keys && open[0].key })
      close(start)
    }
  }
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const mayBeHalved = /\\u[dD][89a-fA-F]/
const halved = 'a text holds half a character (a lone surrogate), which has no UTF-8 bytes'
const isHalved = (text: string): boolean => /\p{Surrogate}/u.test(text)

/** The offset after the string that begins at `start`. A regular expression would recurse over a long string. */
function endOfString(text: string, start: number): number | JsonFault {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at + 1
    if (code < 0x20) {
      const name = code === 0x0a ? 'a line break' : `the character U+${code.toString(16).padStart(4, '0')}`
      return { offset: at, reason: `${name} stands inside a text; it is written with a backslash` }
    }
    if (code !== 0x5c) continue
    at++
    const isUnicode = text[at] === 'u'
    if (isUnicode ? !/^[\da-fA-F]{4}$/.test(text.slice(at + 1, at + 5)) : !'"\\/bfnrt'.includes(text[at] ?? ' '))
      return { offset: at - 1, reason: 'no character is written so with a backslash' }
    if (isUnicode) at += 4
  }
  return { offset: start, reason: 'a text does not end' }
}

/** Programs that print more digits of a double than necessary print 17. */
const doubleDigits = 17

/** Why a number would not be hashed as it is written; undefined when it would. */
function roundingOf(literal: string): string | undefined {
  const value = Number(literal)
  const kept = decimalOf(String(value))
  const given = decimalOf(literal)
  if (Number.isFinite(value) && kept.digits === given.digits && kept.exponent === given.exponent) return undefined
  const isFraction = /[.eE]/.test(literal)
  if (isFraction && Number.isFinite(value) && value !== 0 && given.digits.length <= doubleDigits) return undefined
  return `the number ${literal} cannot be kept exactly (it would become ${value}): write it as a text, in quotes`
}

/** The significant digits of a number and the power of ten of the last digit; the same for equal numbers. */
function decimalOf(literal: string): { readonly digits: string; readonly exponent: number } {
  const [, whole = '', fraction = '', power = '0'] = /^-?(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(literal) ?? []
  const all = `${whole}${fraction}`.replace(/^0+/, '')
  const digits = all.replace(/0+$/, '')
  if (digits === '') return { digits, exponent: 0 }
  return { digits, exponent: Number(power) - fraction.length + all.length - digits.length }
}
