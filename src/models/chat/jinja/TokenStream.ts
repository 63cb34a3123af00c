import { atLine, type Token, type TokenType, tokenize } from './lexer.js'
import { unsupported } from './limits.js'

/** The parser's view of a template's tokens. */
export class TokenStream {
  readonly #tokens: readonly Token[]
  #position = 0
  #depth = 0

  constructor(template: string) {
    this.#tokens = tokenize(template)
  }

  /** The token `ahead` places after the next one. */
  peek(ahead = 0): Token {
    return (this.#tokens[this.#position + ahead] ?? this.#tokens.at(-1)) as Token
  }

  get line(): number {
    return this.peek().line
  }

  next(): Token {
    const token = this.peek()
    this.#position++
    return token
  }

  is(type: TokenType, value?: Token['value'], ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.type === type && (value === undefined || token.value === value)
  }

  /** Consumes the next token if it matches. */
  skip(type: TokenType, value?: Token['value']): boolean {
    const found = this.is(type, value)
    if (found) this.#position++
    return found
  }

  expect(type: TokenType, value?: Token['value']): Token {
    if (!this.is(type, value)) this.fail(`expected ${value ?? names[type]}, got ${this.describe()}`)
    return this.next()
  }

  /** A name that is not a keyword. */
  name(): string {
    return this.expect('name').value as string
  }

  describe(): string {
    const { type, value } = this.peek()
    return type === 'name' || type === 'operator' || type === 'number' ? `'${value}'` : names[type]
  }

  fail(reason: string, line = this.line): never {
    throw atLine(line, reason)
  }

  /** Parses a recursive construct, with a limit on its depth against hostile templates. */
  nested<Result>(parse: () => Result): Result {
    if (++this.#depth > 100) throw atLine(this.line, unsupported('an expression nested more than 100 deep'))
    const result = parse()
    this.#depth--
    return result
  }
}

const names: Readonly<Record<TokenType, string>> = {
  text: 'text',
  begin: 'begin of a statement',
  end: 'end of a statement',
  print: 'begin of a printed expression',
  printed: 'end of a printed expression',
  name: 'a name',
  string: 'a string',
  number: 'a number',
  operator: 'an operator',
  eof: 'the end of the template',
}
