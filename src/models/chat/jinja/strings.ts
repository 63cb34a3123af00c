import { bind, bindPositional, toIndex, toText } from './arguments.js'
import { capitalize, swapCase, title } from './letterCase.js'
import { space } from './lexer.js'
import { checkLength, spend, TemplateError, unsupported } from './limits.js'
import { isPrintable } from './print.js'
import {
  type Arguments,
  characterCount,
  characters,
  isText,
  listOf,
  Tuple,
  textOf,
  typeName,
  type Value,
} from './values.js'

type Method = (text: string, given: Arguments, label: string) => Value

const startSpace = new RegExp(`^${space}+`)
const endSpace = new RegExp(`${space}+$`)

export function strip(text: string, chars: string | null, side: 'both' | 'left' | 'right' = 'both'): string {
  if (chars === null) {
    const left = side === 'right' ? text : text.replace(startSpace, '')
    return side === 'left' ? left : left.slice(0, endOfText(left))
  }
  const set = new Set(Array.from(chars))
  const all = characters(text)
  let [from, to] = [0, all.length]
  if (side !== 'right') while (from < to && set.has(all[from] as string)) from++
  if (side !== 'left') while (to > from && set.has(all[to - 1] as string)) to--
  return all.slice(from, to).join('')
}

/** The index where trailing white space begins. A regular expression would take quadratic time on long runs of spaces. */
function endOfText(text: string): number {
  let end = text.length
  while (end > 0 && endSpace.test(text[end - 1] as string)) end--
  return end
}

const stripMethod =
  (side: 'both' | 'left' | 'right'): Method =>
  (text, given, label) => {
    const [chars = null] = bindPositional(label, given, 0, 1)
    return strip(text, chars === null ? null : toText(`${label} arg`, chars), side)
  }

/** The part of a text from `start` to `end`, and the number of characters before it; null if the range is invalid. */
function part(text: string, start: Value = null, end: Value = null): readonly [string, number] | null {
  if (start === null && end === null) return [text, 0]
  const all = characters(text)
  const at = (value: Value, fallback: number): number => {
    if (value === null) return fallback
    const index = toIndex(value)
    return index < 0 ? Math.max(0, index + all.length) : index
  }
  const from = at(start, 0)
  const to = Math.min(at(end, all.length), all.length)
  return from > to ? null : [all.slice(from, to).join(''), from]
}

const find =
  (last: boolean, raises: boolean): Method =>
  (text, given, label) => {
    const [sought = null, start, end] = bindPositional(label, given, 1, 3)
    const among = part(text, start, end)
    const needle = toText('must be str:', sought)
    const index = among === null ? -1 : last ? among[0].lastIndexOf(needle) : among[0].indexOf(needle)
    if (index < 0 && raises) throw new TemplateError('substring not found')
    return index < 0 || among === null ? -1n : BigInt(characterCount(among[0].slice(0, index)) + among[1])
  }

const affix =
  (test: (text: string, affix: string) => boolean): Method =>
  (text, given, label) => {
    const [sought = null, start, end] = bindPositional(label, given, 1, 3)
    const among = part(text, start, end)
    const options = sought instanceof Tuple ? sought.items : [sought]
    return options
      .map((option) => toText(`${label} first arg`, option))
      .some((option) => among !== null && test(among[0], option))
  }

function splitOnSpace(text: string, most: number, fromRight: boolean): string[] {
  if (fromRight) {
    const reversed = characters(text).reverse().join('')
    return splitOnSpace(reversed, most, false)
      .map((word) => characters(word).reverse().join(''))
      .reverse()
  }
  const words: string[] = []
  let rest = text.replace(startSpace, '')
  const word = new RegExp(`^(?:(?!${space})[\\s\\S])+`)
  if (most < 0) return rest.split(new RegExp(`${space}+`)).filter((each) => each !== '')
  while (rest !== '' && words.length < most) {
    spend(rest.length / 8)
    const [next = ''] = word.exec(rest) ?? []
    words.push(next)
    rest = rest.slice(next.length).replace(startSpace, '')
  }
  // The rest keeps its inner white space and, when splitting from the left, its trailing white space.
  return rest === '' ? words : [...words, rest]
}

function split(text: string, separator: string | null, most: number, fromRight = false): string[] {
  if (separator === null) return splitOnSpace(text, most, fromRight)
  if (separator === '') throw new TemplateError('empty separator')
  const parts = text.split(separator)
  spend(parts.length)
  if (most < 0 || parts.length <= most + 1) return parts
  return fromRight
    ? [parts.slice(0, parts.length - most).join(separator), ...parts.slice(parts.length - most)]
    : [...parts.slice(0, most), parts.slice(most).join(separator)]
}

const splitMethod =
  (fromRight: boolean): Method =>
  (text, given, label) => {
    const [separator = null, most = -1n] = bind(label, given, ['sep', 'maxsplit'])
    return split(text, separator === null ? null : toText('sep', separator), toIndex(most), fromRight)
  }

const lineBreaks = '\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029'
const lineEnd = new RegExp(`\\r\\n|[${lineBreaks}]`, 'g')

export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = []
  let from = 0
  for (const { 0: end, index } of text.matchAll(lineEnd)) {
    lines.push(text.slice(from, keepEnds ? index + end.length : index))
    from = index + end.length
  }
  return from < text.length ? [...lines, text.slice(from)] : lines
}

export function replace(text: string, old: string, by: string, most = -1): string {
  const parts = split0(text, old)
  const count = most < 0 ? parts.length - 1 : Math.min(most, parts.length - 1)
  checkLength(text.length + count * Math.max(0, by.length - old.length))
  spend(text.length)
  return (
    parts.slice(0, count + 1).join(by) +
    parts
      .slice(count + 1)
      .map((each) => old + each)
      .join('')
  )
}

/** Python finds an empty text between every two characters, at the start and at the end. */
const split0 = (text: string, old: string): string[] => (old === '' ? ['', ...characters(text), ''] : text.split(old))

export function joinTexts(separator: string, items: readonly string[]): string {
  checkLength(items.reduce((sum, item) => sum + item.length + separator.length, 0))
  return items.join(separator)
}

const partition =
  (last: boolean): Method =>
  (text, given, label) => {
    const [separator = ''] = bindPositional(label, given, 1, 1)
    const sought = toText('must be str:', separator)
    if (sought === '') throw new TemplateError('empty separator')
    const at = last ? text.lastIndexOf(sought) : text.indexOf(sought)
    if (at < 0) return new Tuple(last ? ['', '', text] : [text, '', ''])
    return new Tuple([text.slice(0, at), sought, text.slice(at + sought.length)])
  }

const justify =
  (side: 'left' | 'right' | 'center'): Method =>
  (text, given, label) => {
    const [width = 0n, fill = ' '] = bindPositional(label, given, 1, 2)
    const filler = toText('The fill character', fill)
    if (characterCount(filler) !== 1) throw new TemplateError('The fill character must be exactly one character long')
    const size = checkLength(Math.max(0, toIndex(width)))
    const missing = size - characterCount(text)
    if (missing <= 0) return text
    const before = side === 'left' ? 0 : side === 'right' ? missing : (missing >> 1) + (missing & size & 1)
    return filler.repeat(before) + text + filler.repeat(missing - before)
  }

const every =
  (pattern: RegExp, refused?: RegExp): Method =>
  (text, given, label) => {
    bindPositional(label, given, 0, 0)
    if (refused?.test(text)) throw unsupported(`${label} of a text with other numerals than digits`)
    return text !== '' && pattern.test(text)
  }

const plain =
  (of: (text: string) => Value): Method =>
  (text, given, label) => {
    bindPositional(label, given, 0, 0)
    return of(text)
  }

function affixed(given: Arguments, label: string): string {
  const [value = null] = bindPositional(label, given, 1, 1)
  return toText(`${label} argument`, value)
}

/** The methods of str, by name. */
export const textMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['strip', stripMethod('both')],
  ['lstrip', stripMethod('left')],
  ['rstrip', stripMethod('right')],
  ['split', splitMethod(false)],
  ['rsplit', splitMethod(true)],
  ['find', find(false, false)],
  ['rfind', find(true, false)],
  ['index', find(false, true)],
  ['rindex', find(true, true)],
  ['startswith', affix((text, start) => text.startsWith(start))],
  ['endswith', affix((text, end) => text.endsWith(end))],
  ['partition', partition(false)],
  ['rpartition', partition(true)],
  ['ljust', justify('left')],
  ['rjust', justify('right')],
  ['center', justify('center')],
  ['upper', plain((text) => text.toUpperCase())],
  ['lower', plain((text) => text.toLowerCase())],
  ['title', plain(title)],
  ['capitalize', plain(capitalize)],
  ['swapcase', plain(swapCase)],
  ['isspace', every(new RegExp(`^${space}+$`))],
  ['isalpha', every(/^\p{L}+$/u)],
  ['isdecimal', every(/^\p{Nd}+$/u)],
  ['isdigit', every(/^\p{Nd}+$/u, /\p{No}/u)],
  ['isnumeric', every(/^[\p{Nd}\p{Nl}\p{No}]+$/u, /\p{Lo}/u)],
  ['isalnum', every(/^[\p{L}\p{Nd}\p{Nl}\p{No}]+$/u)],
  ['isidentifier', every(/^[\p{XID_Start}_]\p{XID_Continue}*$/u)],
  ['isascii', plain((text) => /^\p{ASCII}*$/u.test(text))],
  ['isprintable', plain((text) => Array.from(text).every(isPrintable))],
  ['isupper', plain((text) => /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text))],
  ['islower', plain((text) => /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text))],
  ['splitlines', (text, given, label) => splitLines(text, bind(label, given, ['keepends'])[0] === true)],
  [
    'join',
    (text, given, label) => {
      const [items = null] = bindPositional(label, given, 1, 1)
      const texts = listOf(items).map((item, i) => {
        if (!isText(item)) throw new TemplateError(`sequence item ${i}: expected str instance, ${typeName(item)} found`)
        return textOf(item)
      })
      return joinTexts(text, texts)
    },
  ],
  [
    'replace',
    (text, given, label) => {
      const [old = null, by = null, most = -1n] = bindPositional(label, given, 2, 3)
      return replace(text, toText('replace() argument 1', old), toText('replace() argument 2', by), toIndex(most))
    },
  ],
  [
    'count',
    (text, given, label) => {
      const [sought = null, start, end] = bindPositional(label, given, 1, 3)
      const among = part(text, start, end)
      return among === null ? 0n : BigInt(split0(among[0], toText('must be str:', sought)).length - 1)
    },
  ],
  [
    'removeprefix',
    (text, given, label) => {
      const prefix = affixed(given, label)
      return text.startsWith(prefix) ? text.slice(prefix.length) : text
    },
  ],
  [
    'removesuffix',
    (text, given, label) => {
      const suffix = affixed(given, label)
      return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
    },
  ],
  [
    'zfill',
    (text, given, label) => {
      const [width = 0n] = bindPositional(label, given, 1, 1)
      const missing = checkLength(Math.max(0, toIndex(width))) - characterCount(text)
      const sign = /^[-+]/.exec(text)?.[0] ?? ''
      return missing <= 0 ? text : sign + '0'.repeat(missing) + text.slice(sign.length)
    },
  ],
])

/** Attributes of Python's str that are not supported. */
export const refusedTextMethods: ReadonlySet<string> = new Set([
  'casefold',
  'encode',
  'expandtabs',
  'format_map',
  'istitle',
  'maketrans',
  'translate',
])
