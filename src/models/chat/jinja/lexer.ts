import { TemplateError, unsupported } from './limits.js'

export type TokenType =
  | 'text'
  | 'begin'
  | 'end'
  | 'print'
  | 'printed'
  | 'name'
  | 'string'
  | 'number'
  | 'operator'
  | 'eof'

export interface Token {
  readonly type: TokenType
  readonly value: string | bigint | number
  readonly line: number
}

/** Adds the line to the reason why a template is refused. */
export const atLine = (line: number, reason: unknown): TemplateError =>
  reason instanceof TemplateError && reason.message.startsWith('line ')
    ? reason
    : new TemplateError(`line ${line}: ${reason instanceof Error ? reason.message : String(reason)}`)

/** White space in Python; JavaScript's \s has one character more and five fewer. */
export const space = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'

const rule = (pattern: string): RegExp => new RegExp(pattern, 'ys')
const rules = {
  text: rule(
    `(.*?)(?:(?<raw>\\{%([-+]?)${space}*raw${space}*(?:-%\\}${space}*|%\\}))|(?<print>\\{\\{([-+]?))|(?<comment>\\{#([-+]?))|(?<begin>\\{%([-+]?)))`,
  ),
  rest: rule('.+'),
  comment: rule(`(.*?)(?:\\+#\\}|-#\\}${space}*|#\\}\\n?)`),
  raw: rule(`(.*?)\\{%([-+]?)${space}*endraw${space}*(?:\\+%\\}|-%\\}${space}*|%\\}\\n?)`),
  end: rule(`\\+%\\}|-%\\}${space}*|%\\}\\n?`),
  printed: rule(`-\\}\\}${space}*|\\}\\}`),
  space: rule(`${space}+`),
  float: rule('(?<!\\.)(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+)'),
  integer: rule('0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\\da-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*'),
  name: rule('[0-9A-Za-z_\\u00aa-\\uffff]+'),
  string: rule(`'([^'\\\\]*(?:\\\\.[^'\\\\]*)*)'|"([^"\\\\]*(?:\\\\.[^"\\\\]*)*)"`),
  operator: rule('//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]'),
} as const

const closing: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']' }
const onlySpace = new RegExp(`^${space}+$`)
const trailingSpace = new RegExp(`${space}+$`)

/**
 * Splits a template into tokens as Jinja does with `trim_blocks` and `lstrip_blocks`; lines end with \n, \r\n or \r.
 *
 * @throws TemplateError with the line of the first invalid token
 */
export function tokenize(template: string): Token[] {
  const source = template.replace(/\r\n?/g, '\n').replace(/\n$/, '')
  const tokens: Token[] = []
  let [position, line, lineStarts] = [0, 1, true]
  const match = (name: keyof typeof rules): RegExpExecArray | null => {
    rules[name].lastIndex = position
    return rules[name].exec(source)
  }
  const advance = (found: RegExpExecArray): void => {
    position += found[0].length
    line += found[0].split('\n').length - 1
    lineStarts = found[0].endsWith('\n')
  }
  const text = (value: string): void => {
    if (value !== '') tokens.push({ type: 'text', value, line })
  }
  /** The text before a tag, without the trailing white space that the tag's `-` or `lstrip_blocks` removes. */
  const before = (value: string, sign: string, isPrint: boolean): string => {
    if (sign === '-') return value.replace(trailingSpace, '')
    const lastLine = value.lastIndexOf('\n') + 1
    const strips = sign !== '+' && !isPrint && (lastLine > 0 || lineStarts) && onlySpace.test(value.slice(lastLine))
    return strips ? value.slice(0, lastLine) : value
  }

  while (position < source.length) {
    const found = match('text')
    if (found === null) {
      text(source.slice(position))
      break
    }
    const [, value = ''] = found
    const { raw, print, comment } = found.groups as Record<string, string | undefined>
    const sign = (found[3] ?? found[5] ?? found[7] ?? found[9]) as string
    text(before(value, sign, print !== undefined))
    advance(found)
    if (comment !== undefined) {
      const end = match('comment')
      if (end === null) throw atLine(line, 'Missing end of comment tag')
      advance(end)
    } else if (raw !== undefined) {
      const end = match('raw')
      if (end === null) throw atLine(line, 'Missing end of raw directive')
      text(before(end[1] as string, end[2] as string, false))
      advance(end)
    } else readTag(print !== undefined)
  }
  tokens.push({ type: 'eof', value: '', line })
  return tokens

  function readTag(isPrint: boolean): void {
    tokens.push({ type: isPrint ? 'print' : 'begin', value: '', line })
    const open: string[] = []
    while (position < source.length) {
      const end = open.length === 0 ? match(isPrint ? 'printed' : 'end') : null
      if (end !== null) {
        tokens.push({ type: isPrint ? 'printed' : 'end', value: '', line })
        advance(end)
        return
      }
      const blank = match('space')
      if (blank === null) readToken(open)
      else advance(blank)
    }
  }

  function readToken(open: string[]): void {
    const push = (type: TokenType, value: Token['value'], found: RegExpExecArray): void => {
      tokens.push({ type, value, line })
      advance(found)
    }
    const float = match('float')
    if (float !== null) {
      push('number', Number(float[0].replaceAll('_', '')), float)
      return
    }
    const integer = match('integer')
    if (integer !== null) {
      push('number', BigInt(integer[0].replaceAll('_', '')), integer)
      return
    }
    const name = match('name')
    if (name !== null) {
      if (/[^\x20-\x7e]/.test(name[0])) throw atLine(line, unsupported('a name with letters outside ASCII'))
      push('name', name[0], name)
      return
    }
    const string = match('string')
    if (string !== null) {
      push('string', readEscapes(string[1] ?? (string[2] as string), line), string)
      return
    }
    const operator = match('operator')
    if (operator === null)
      throw atLine(line, `unexpected char '${String.fromCodePoint(source.codePointAt(position) as number)}'`)
    const [sign] = operator
    const close = closing[sign]
    if (close !== undefined) open.push(close)
    else if (Object.values(closing).includes(sign)) {
      const expected = open.pop()
      if (expected !== sign)
        throw atLine(line, `unexpected '${sign}'${expected === undefined ? '' : `, expected '${expected}'`}`)
    }
    push('operator', sign, operator)
  }
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Python's `unicode-escape`; a backslash that begins no escape is kept. */
function readEscapes(text: string, line: number): string {
  return text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([xuUN])|([\s\S])|$)/gu,
    (whole, x, u, U, octal, broken, other?: string) => {
      const hex: string | undefined = x ?? u ?? U
      if (hex !== undefined || octal !== undefined) {
        const code = hex === undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex, 16)
        if (code > 0x10ffff) throw atLine(line, 'illegal Unicode character in a string')
        if (code >= 0xd800 && code <= 0xdfff) throw atLine(line, unsupported('an escape of half a character'))
        return String.fromCodePoint(code)
      }
      if (broken === 'N') throw atLine(line, unsupported('an escape \\N of a character by its name'))
      if (broken !== undefined) throw atLine(line, `truncated \\${broken}XX escape`)
      // Python first escapes characters outside ASCII, and this backslash would then escape that of the escape.
      if (other !== undefined && other > '\x7f') throw atLine(line, unsupported(`a backslash before ${other}`))
      return other === undefined ? whole : (simpleEscapes[other] ?? whole)
    },
  )
}
