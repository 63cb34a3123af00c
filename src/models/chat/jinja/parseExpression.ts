import type { BinaryOperator, Comparison, Expression, Filter, Given } from './ast.js'
import { checkFilter, checkTest } from './known.js'
import { atLine } from './lexer.js'
import type { TokenStream } from './TokenStream.js'

/** Parses an expression; `condition` allows `a if b else c`. */
export function parseExpression(tokens: TokenStream, { condition = true } = {}): Expression {
  return tokens.nested(() => (condition ? parseCondition(tokens) : parseOr(tokens)))
}

/** Parses an expression, or a tuple of several with commas between. */
export function parseTuple(
  tokens: TokenStream,
  { condition = true, parentheses = false, endsAt = undefined as string | undefined } = {},
): Expression {
  const items: Expression[] = []
  let { line } = tokens
  let isTuple = false
  while (true) {
    if (items.length > 0) tokens.expect('operator', ',')
    const ends = tokens.is('printed') || tokens.is('end') || tokens.is('operator', ')')
    if (ends || (endsAt !== undefined && tokens.is('name', endsAt))) break
    items.push(parseExpression(tokens, { condition }))
    if (!tokens.is('operator', ',')) break
    isTuple = true
    line = tokens.line
  }
  const [first] = items
  if (!isTuple && first !== undefined) return first
  if (!isTuple && !parentheses) tokens.fail(`expected an expression, got ${tokens.describe()}`)
  return { kind: 'tuple', items, line }
}

function parseCondition(tokens: TokenStream): Expression {
  let { line } = tokens
  let then = parseOr(tokens)
  while (tokens.skip('name', 'if')) {
    const test = parseOr(tokens)
    const otherwise = tokens.skip('name', 'else') ? tokens.nested(() => parseCondition(tokens)) : undefined
    then = { kind: 'condition', test, then, otherwise, line }
    line = tokens.line
  }
  return then
}

function parseOr(tokens: TokenStream): Expression {
  let { line } = tokens
  let left = parseAnd(tokens)
  while (tokens.skip('name', 'or')) {
    left = { kind: 'or', left, right: parseAnd(tokens), line }
    line = tokens.line
  }
  return left
}

function parseAnd(tokens: TokenStream): Expression {
  let { line } = tokens
  let left = parseNot(tokens)
  while (tokens.skip('name', 'and')) {
    left = { kind: 'and', left, right: parseNot(tokens), line }
    line = tokens.line
  }
  return left
}

function parseNot(tokens: TokenStream): Expression {
  const { line } = tokens
  if (!tokens.skip('name', 'not')) return parseCompare(tokens)
  return { kind: 'not', of: tokens.nested(() => parseNot(tokens)), line }
}

const comparisons: ReadonlySet<unknown> = new Set(['==', '!=', '<', '<=', '>', '>='])

function parseCompare(tokens: TokenStream): Expression {
  const { line } = tokens
  const left = parseSum(tokens)
  const steps: [Comparison, Expression][] = []
  while (true) {
    const { type, value } = tokens.peek()
    if (type === 'operator' && comparisons.has(value)) {
      tokens.next()
      steps.push([value as Comparison, parseSum(tokens)])
    } else if (tokens.skip('name', 'in')) steps.push(['in', parseSum(tokens)])
    else if (tokens.is('name', 'not') && tokens.is('name', 'in', 1)) {
      tokens.next()
      tokens.next()
      steps.push(['not in', parseSum(tokens)])
    } else return steps.length === 0 ? left : { kind: 'compare', left, steps, line }
  }
}

/** Parses left-associative operators of one precedence. */
function parseBinary(
  tokens: TokenStream,
  operators: readonly BinaryOperator[],
  operand: (tokens: TokenStream) => Expression,
): Expression {
  let { line } = tokens
  let left = operand(tokens)
  while (true) {
    const operator = operators.find((sign) => tokens.skip('operator', sign))
    if (operator === undefined) return left
    left = { kind: 'binary', operator, left, right: operand(tokens), line }
    line = tokens.line
  }
}

const parseSum = (tokens: TokenStream): Expression => parseBinary(tokens, ['+', '-'], parseConcat)
const parseProduct = (tokens: TokenStream): Expression => parseBinary(tokens, ['*', '/', '//', '%'], parsePower)
const parsePower = (tokens: TokenStream): Expression => parseBinary(tokens, ['**'], parseUnary)

function parseConcat(tokens: TokenStream): Expression {
  const { line } = tokens
  const first = parseProduct(tokens)
  const items = [first]
  while (tokens.skip('operator', '~')) items.push(parseProduct(tokens))
  return items.length === 1 ? first : { kind: 'concat', items, line }
}

function parseUnary(tokens: TokenStream): Expression {
  return parseFilters(tokens, parseSigned(tokens))
}

function parseSigned(tokens: TokenStream): Expression {
  const { line } = tokens
  const sign = tokens.skip('operator', '-') ? 'negative' : tokens.skip('operator', '+') ? 'positive' : undefined
  if (sign === undefined) return parsePostfix(tokens, parsePrimary(tokens))
  return parsePostfix(tokens, { kind: sign, of: tokens.nested(() => parseSigned(tokens)), line })
}

const constants: ReadonlyMap<unknown, boolean | null> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
])

/** Whether Jinja reads a name as a constant, which cannot be assigned to. */
export const isConstantName = (name: string): boolean => constants.has(name)

function parsePrimary(tokens: TokenStream): Expression {
  const { type, value, line } = tokens.peek()
  if (type === 'name') {
    tokens.next()
    const constant = constants.get(value)
    return constant === undefined
      ? { kind: 'name', name: value as string, line }
      : { kind: 'constant', value: constant, line }
  }
  if (type === 'string') {
    let text = ''
    while (tokens.is('string')) text += tokens.next().value as string
    return { kind: 'constant', value: text, line }
  }
  if (type === 'number') {
    tokens.next()
    return { kind: 'constant', value, line }
  }
  if (tokens.skip('operator', '(')) {
    const inner = tokens.nested(() => parseTuple(tokens, { parentheses: true }))
    tokens.expect('operator', ')')
    return inner
  }
  if (tokens.skip('operator', '['))
    return { kind: 'list', items: parseItems(tokens, ']', () => parseExpression(tokens)), line }
  if (tokens.skip('operator', '{')) {
    const pairs = parseItems(tokens, '}', (): [Expression, Expression] => {
      const key = parseExpression(tokens)
      tokens.expect('operator', ':')
      return [key, parseExpression(tokens)]
    })
    return { kind: 'dict', pairs, line }
  }
  return tokens.fail(`unexpected ${tokens.describe()}`)
}

/** Parses items with commas between, and an optional trailing comma. */
function parseItems<Item>(tokens: TokenStream, close: string, parse: () => Item): Item[] {
  const items: Item[] = []
  while (!tokens.is('operator', close)) {
    if (items.length > 0) tokens.expect('operator', ',')
    if (tokens.is('operator', close)) break
    items.push(parse())
  }
  tokens.next()
  return items
}

function parsePostfix(tokens: TokenStream, first: Expression): Expression {
  let node = first
  while (true) {
    const { line } = tokens
    if (tokens.skip('operator', '.')) {
      const { type, value } = tokens.next()
      if (type === 'name') node = { kind: 'attribute', of: node, name: value as string, line }
      else if (typeof value === 'bigint')
        node = { kind: 'item', of: node, key: { kind: 'constant', value, line }, line }
      else throw atLine(line, 'expected a name or number after the dot')
    } else if (tokens.skip('operator', '[')) node = { kind: 'item', of: node, key: parseKey(tokens), line }
    else if (tokens.is('operator', '(')) node = { kind: 'call', of: node, ...parseGiven(tokens), line }
    else return node
  }
}

function parseKey(tokens: TokenStream): Expression {
  const { line } = tokens
  const keys: Expression[] = []
  while (!tokens.skip('operator', ']')) {
    if (keys.length > 0) tokens.expect('operator', ',')
    keys.push(parseSlice(tokens))
  }
  const [only] = keys
  return keys.length === 1 && only !== undefined ? only : { kind: 'tuple', items: keys, line }
}

function parseSlice(tokens: TokenStream): Expression {
  const { line } = tokens
  const bounds: (Expression | undefined)[] = []
  const bound = (): Expression | undefined =>
    [':', ']', ','].some((sign) => tokens.is('operator', sign)) ? undefined : parseExpression(tokens)
  const start = bound()
  if (start !== undefined && !tokens.is('operator', ':')) return start
  tokens.expect('operator', ':')
  bounds.push(start, bound())
  bounds.push(tokens.skip('operator', ':') ? bound() : undefined)
  return { kind: 'slice', bounds, line }
}

function parseFilters(tokens: TokenStream, first: Expression): Expression {
  let node = first
  while (true) {
    if (tokens.is('operator', '|')) node = parseFilter(tokens, node)
    else if (tokens.is('name', 'is')) node = parseTest(tokens, node)
    else if (tokens.is('operator', '(')) node = { kind: 'call', of: node, line: tokens.line, ...parseGiven(tokens) }
    else return node
  }
}

/** Parses a chain of filters. In a filter block there is no value before them, and no bar before the first. */
export function parseFilter(tokens: TokenStream, of: Expression | null, { inline = false } = {}): Filter {
  let node = of
  let first = inline
  do {
    if (!first) tokens.expect('operator', '|')
    first = false
    const { line } = tokens
    const name = dotted(tokens)
    checkFilter(name, line)
    node = { kind: 'filter', of: node, name, line, ...(tokens.is('operator', '(') ? parseGiven(tokens) : nothing) }
  } while (tokens.is('operator', '|'))
  return node
}

const nothing: Given = { args: [], named: [] }

function dotted(tokens: TokenStream): string {
  let name = tokens.name()
  while (tokens.skip('operator', '.')) name += `.${tokens.name()}`
  return name
}

function parseTest(tokens: TokenStream, of: Expression): Expression {
  const { line } = tokens.next()
  const negated = tokens.skip('name', 'not')
  const name = dotted(tokens)
  checkTest(name, line)
  const test: Expression = { kind: 'test', of, name, line, ...testArguments(tokens) }
  return negated ? { kind: 'not', of: test, line } : test
}

function testArguments(tokens: TokenStream): Given {
  if (tokens.is('operator', '(')) return parseGiven(tokens)
  const { type, value } = tokens.peek()
  const begins = type === 'name' || type === 'string' || type === 'number' || value === '[' || value === '{'
  if (!begins || (type === 'name' && ['else', 'or', 'and'].includes(value as string))) return nothing
  if (tokens.is('name', 'is')) tokens.fail('You cannot chain multiple tests with is')
  return { args: [parsePostfix(tokens, parsePrimary(tokens))], named: [] }
}

/** Parses the arguments in parentheses. */
function parseGiven(tokens: TokenStream): Given {
  const { line } = tokens.expect('operator', '(')
  const args: Expression[] = []
  const named: [string, Expression][] = []
  let rest: Expression | undefined
  let namedRest: Expression | undefined
  const ensure = (condition: boolean): void => {
    if (!condition) throw atLine(line, 'invalid syntax for function call expression')
  }
  let more = false
  while (!tokens.is('operator', ')')) {
    if (more) tokens.expect('operator', ',')
    if (tokens.is('operator', ')')) break
    more = true
    if (tokens.skip('operator', '*')) {
      ensure(rest === undefined && namedRest === undefined)
      rest = parseExpression(tokens)
    } else if (tokens.skip('operator', '**')) {
      ensure(namedRest === undefined)
      namedRest = parseExpression(tokens)
    } else if (tokens.is('name') && tokens.is('operator', '=', 1)) {
      ensure(namedRest === undefined)
      const name = tokens.name()
      if (named.some(([other]) => other === name)) throw atLine(line, `keyword argument repeated: ${name}`)
      tokens.next()
      named.push([name, parseExpression(tokens)])
    } else {
      ensure(rest === undefined && namedRest === undefined && named.length === 0)
      args.push(parseExpression(tokens))
    }
  }
  tokens.next()
  return { args, named, rest, namedRest }
}
