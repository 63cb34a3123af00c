import type { Body, Call, CallBlock, Expression, For, If, Macro, Parameter, Statement, Target, With } from './ast.js'
import { atLine } from './lexer.js'
import { unsupported } from './limits.js'
import { isConstantName, parseExpression, parseFilter, parseTuple } from './parseExpression.js'
import { TokenStream } from './TokenStream.js'

/**
 * Parses a chat template.
 *
 * @throws TemplateError with the line, when Jinja would refuse the template or it uses an unsupported feature
 */
export function parseTemplate(template: string): Body {
  return new Parser(new TokenStream(template)).parse()
}

/** Tags of Jinja that no chat template can use: they load other templates, or mark text as HTML. */
const refusedTags = ['block', 'extends', 'include', 'import', 'from', 'autoescape']

class Parser {
  readonly #tokens: TokenStream
  /** Whether `break` and `continue` can leave an enclosing loop; a macro hides the loops around it. */
  #inLoop = false
  /** The number of enclosing loops, in whose bodies the template cannot assign to `loop`. */
  #loops = 0

  constructor(tokens: TokenStream) {
    this.#tokens = tokens
  }

  parse(): Body {
    return this.#body()
  }

  /** Parses statements up to one of the tags in `ends`, whose name it leaves to the caller. */
  #body(ends: readonly string[] = []): Body {
    const tokens = this.#tokens
    const body: Statement[] = []
    while (true) {
      const { type, value, line } = tokens.peek()
      if (type === 'eof') {
        if (ends.length > 0)
          tokens.fail(`Unexpected end of template: ${ends.map((end) => `'${end}'`).join(' or ')} is missing`)
        return body
      }
      tokens.next()
      if (type === 'text') body.push({ kind: 'output', items: [value as string], line })
      else if (type === 'print') {
        body.push({ kind: 'output', items: [parseTuple(tokens)], line })
        tokens.expect('printed')
      } else {
        if (tokens.is('name') && ends.includes(tokens.peek().value as string)) return body
        body.push(this.#statement())
        tokens.expect('end')
      }
    }
  }

  /** Parses the body of a tag, up to its closing tag. */
  #block(...ends: string[]): Body {
    this.#tokens.skip('operator', ':')
    this.#tokens.expect('end')
    return this.#tokens.nested(() => this.#body(ends))
  }

  /** Parses the body of a tag, and consumes its only closing tag. */
  #closed(end: string): Body {
    const body = this.#block(end)
    this.#tokens.next()
    return body
  }

  #statement(): Statement {
    const tokens = this.#tokens
    const { line } = tokens
    const tag = tokens.name()
    switch (tag) {
      case 'for':
        return this.#for(line)
      case 'if':
        return this.#if(line)
      case 'set':
        return this.#set(line)
      case 'macro':
        return this.#macro(line)
      case 'call':
        return this.#call(line)
      case 'with':
        return this.#with(line)
      case 'filter': {
        const filter = parseFilter(tokens, null, { inline: true })
        return { kind: 'filterBlock', filter, body: this.#closed('endfilter'), line }
      }
      case 'print':
        return this.#print(line)
      case 'generation':
        return { kind: 'generation', body: this.#function(() => this.#closed('endgeneration')), line }
      case 'break':
      case 'continue':
        if (!this.#inLoop) throw atLine(line, `'${tag}' outside loop`)
        return { kind: tag, line }
    }
    if (refusedTags.includes(tag)) throw atLine(line, unsupported(`the tag {% ${tag} %}`))
    throw atLine(line, `Encountered unknown tag '${tag}'`)
  }

  /** Parses the body of a macro, in which `break` cannot leave a loop around the macro. */
  #function<Result>(parse: () => Result): Result {
    const outer = this.#inLoop
    this.#inLoop = false
    const result = parse()
    this.#inLoop = outer
    return result
  }

  #for(line: number): For {
    const tokens = this.#tokens
    this.#loops++
    const target = this.#target({ endsAt: 'in' })
    tokens.expect('name', 'in')
    const iterable = parseTuple(tokens, { condition: false, endsAt: 'recursive' })
    const test = tokens.skip('name', 'if') ? parseExpression(tokens) : undefined
    const recursive = tokens.skip('name', 'recursive')
    const outer = this.#inLoop
    this.#inLoop = true
    const body = this.#block('endfor', 'else')
    this.#inLoop = recursive ? false : outer
    const otherwise = tokens.next().value === 'else' ? this.#closed('endfor') : []
    this.#inLoop = outer
    this.#loops--
    return { kind: 'for', target, iterable, test, recursive, body, otherwise, line }
  }

  #if(line: number): If {
    const tokens = this.#tokens
    const branches: { test: Expression; body: Body }[] = []
    while (true) {
      const test = parseTuple(tokens, { condition: false })
      branches.push({ test, body: this.#block('elif', 'else', 'endif') })
      const end = tokens.next().value
      if (end === 'elif') continue
      return { kind: 'if', branches, otherwise: end === 'else' ? this.#closed('endif') : [], line }
    }
  }

  #set(line: number): Statement {
    const tokens = this.#tokens
    const target = this.#target({ fields: true })
    if (tokens.skip('operator', '=')) return { kind: 'assign', target, value: parseTuple(tokens), line }
    const filter = tokens.is('operator', '|') ? parseFilter(tokens, null) : undefined
    return { kind: 'assignBlock', target, filter, body: this.#closed('endset'), line }
  }

  #macro(line: number): Macro {
    const name = this.#assignable()
    const parameters = this.#parameters()
    return { kind: 'macro', name, parameters, body: this.#function(() => this.#closed('endmacro')), line }
  }

  #call(line: number): CallBlock {
    const tokens = this.#tokens
    const parameters = tokens.is('operator', '(') ? this.#parameters() : []
    const call = parseExpression(tokens)
    if (call.kind !== 'call') throw atLine(line, 'expected call')
    const body = this.#function(() => this.#closed('endcall'))
    return { kind: 'callBlock', parameters, call: call as Call, body, line }
  }

  #with(line: number): With {
    const tokens = this.#tokens
    const targets: Target[] = []
    const values: Expression[] = []
    while (!tokens.is('end')) {
      if (targets.length > 0) tokens.expect('operator', ',')
      targets.push(this.#target())
      tokens.expect('operator', '=')
      values.push(parseExpression(tokens))
    }
    return { kind: 'with', targets, values, body: this.#closed('endwith'), line }
  }

  #print(line: number): Statement {
    const items: Expression[] = []
    while (!this.#tokens.is('end')) {
      if (items.length > 0) this.#tokens.expect('operator', ',')
      items.push(parseExpression(this.#tokens))
    }
    return { kind: 'output', items, line }
  }

  #parameters(): Parameter[] {
    const tokens = this.#tokens
    tokens.expect('operator', '(')
    const parameters: Parameter[] = []
    while (!tokens.is('operator', ')')) {
      if (parameters.length > 0) tokens.expect('operator', ',')
      const name = this.#assignable()
      if (['caller', 'kwargs', 'varargs'].includes(name))
        throw atLine(tokens.line, unsupported(`a parameter of the name ${name}`))
      if (parameters.some((other) => other.name === name)) tokens.fail(`duplicate argument '${name}'`)
      const fallback = tokens.skip('operator', '=') ? parseExpression(tokens) : undefined
      if (fallback === undefined && parameters.at(-1)?.fallback !== undefined)
        tokens.fail('non-default argument follows default argument')
      parameters.push({ name, fallback })
    }
    tokens.next()
    return parameters
  }

  #assignable(): string {
    const name = this.#tokens.name()
    if (isConstantName(name)) this.#tokens.fail(`can't assign to '${name}'`)
    if (name === 'loop' && this.#loops > 0) this.#tokens.fail("Can't assign to special loop variable in for-loop")
    return name
  }

  /** Parses an assignment target: a name, several with commas between, or with `fields` a field of a namespace. */
  #target({ endsAt = '', fields = false, parentheses = false } = {}): Target {
    const tokens = this.#tokens
    const { line } = tokens
    const items: Target[] = []
    let isTuple = false
    while (true) {
      if (items.length > 0) tokens.expect('operator', ',')
      if (tokens.is('end') || tokens.is('operator', ')') || (endsAt !== '' && tokens.is('name', endsAt))) break
      items.push(this.#oneTarget(fields))
      if (!tokens.is('operator', ',')) break
      isTuple = true
    }
    const [first] = items
    if (!isTuple && first !== undefined) return first
    if (!isTuple && !parentheses) tokens.fail(`expected a name, got ${tokens.describe()}`)
    return { kind: 'targets', items, line }
  }

  #oneTarget(fields: boolean): Target {
    const tokens = this.#tokens
    const { line } = tokens
    if (tokens.skip('operator', '(')) {
      const inner = tokens.nested(() => this.#target({ fields, parentheses: true }))
      tokens.expect('operator', ')')
      return inner
    }
    if (tokens.is('operator', '[')) throw atLine(line, unsupported('an assignment to a list of names'))
    const name = this.#assignable()
    if (fields && tokens.skip('operator', '.')) return { kind: 'field', name, field: tokens.name(), line }
    return { kind: 'target', name, line }
  }
}
