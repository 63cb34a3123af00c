import type { Body, CallBlock, Expression, For, Given, Macro, Parameter, Statement, Target } from './ast.js'
import { attributeOf, itemOf, sliceOf } from './attributes.js'
import { filter } from './filters.js'
import { globals } from './globals.js'
import { Loop } from './Loop.js'
import { checkLength, nested, spend, spendStep, TemplateError } from './limits.js'
import { binary, holds, negate } from './operators.js'
import { print } from './print.js'
import { Scope } from './Scope.js'
import { type Frames, loads } from './scopes.js'
import { joinTexts } from './strings.js'
import { test } from './tests.js'
import {
  type Arguments,
  Callable,
  Dict,
  Iteration,
  isText,
  isTrue,
  iterate,
  lengthOf,
  listOf,
  Namespace,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
} from './values.js'

/** How a body ended: at its end, or by a `break` or `continue` of the enclosing loop. */
type Ending = 'break' | 'continue' | undefined

/** Runs a parsed template once. */
export class Interpreter {
  readonly #frames: Frames
  readonly #variables: ReadonlyMap<string, Value>
  #output: string[] = []
  /** The line of the node being computed, for errors. */
  line = 1

  constructor(frames: Frames, variables: ReadonlyMap<string, Value>) {
    this.#frames = frames
    this.#variables = variables
  }

  run(template: Body): string {
    return this.#capture(() => this.#body(template, this.#scope(template)))
  }

  #scope(body: Body, parent?: Scope): Scope {
    return new Scope(parent, this.#frames.get(body) ?? [])
  }

  #capture(run: () => unknown): string {
    const outer = this.#output
    this.#output = []
    try {
      run()
      return joinTexts('', this.#output)
    } finally {
      this.#output = outer
    }
  }

  #write(text: string): void {
    checkLength(text.length)
    this.#output.push(text)
  }

  #body(body: Body, scope: Scope): Ending {
    for (const statement of body) {
      const ending = this.#statement(statement, scope)
      if (ending !== undefined) return ending
    }
    return undefined
  }

  #statement(statement: Statement, scope: Scope): Ending {
    spendStep()
    this.line = statement.line
    switch (statement.kind) {
      case 'output':
        for (const item of statement.items)
          this.#write(typeof item === 'string' ? item : print(this.#evaluate(item, scope)))
        return
      case 'if':
        for (const { test, body } of statement.branches)
          if (isTrue(this.#evaluate(test, scope))) return this.#body(body, scope)
        return this.#body(statement.otherwise, scope)
      case 'for':
        return this.#for(statement, this.#evaluate(statement.iterable, scope), scope, 0)
      case 'assign':
        return this.#assign(statement.target, this.#evaluate(statement.value, scope), scope)
      case 'assignBlock': {
        const { text, ending } = this.#captureBody(statement.body, scope)
        if (ending !== undefined) return ending
        const value = statement.filter === undefined ? text : this.#filters(statement.filter, text, scope)
        return this.#assign(statement.target, value, scope)
      }
      case 'filterBlock': {
        const { text, ending } = this.#captureBody(statement.body, scope)
        if (ending !== undefined) return ending
        this.#write(print(this.#filters(statement.filter, text, scope)))
        return
      }
      case 'macro':
        scope.set(statement.name, this.#macro(statement, scope))
        return
      case 'callBlock':
        return this.#callBlock(statement, scope)
      case 'with': {
        const values = statement.values.map((value) => this.#evaluate(value, scope))
        const inner = this.#scope(statement.body, scope)
        for (const [i, target] of statement.targets.entries()) this.#assign(target, values[i] as Value, inner)
        return this.#body(statement.body, inner)
      }
      case 'generation':
        this.#body(statement.body, this.#scope(statement.body, scope))
        return
      default:
        return statement.kind
    }
  }

  /** The output of a block; it is discarded if `break` or `continue` leaves the block. */
  #captureBody(body: Body, scope: Scope): { readonly text: string; readonly ending: Ending } {
    let ending: Ending
    const text = this.#capture(() => {
      ending = this.#body(body, this.#scope(body, scope))
    })
    return { text, ending }
  }

  #assign(target: Target, value: Value, scope: Scope): undefined {
    if (target.kind === 'target') scope.set(target.name, value)
    else if (target.kind === 'field') {
      const namespace = this.#read(target.name, scope)
      if (!(namespace instanceof Namespace)) throw new TemplateError('cannot assign attribute on non-namespace object')
      namespace.fields.set(target.field, value)
    } else {
      const items = listOf(value)
      const { length } = target.items
      if (items.length !== length)
        throw new TemplateError(
          items.length < length
            ? `not enough values to unpack (expected ${length}, got ${items.length})`
            : `too many values to unpack (expected ${length})`,
        )
      for (const [i, each] of target.items.entries()) this.#assign(each, items[i] as Value, scope)
    }
  }

  #for(node: For, iterable: Value, scope: Scope, depth: number): Ending {
    const recurse = (given: Arguments): Value => {
      if (!node.recursive)
        throw new TemplateError("The loop must have the 'recursive' marker to be called recursively.")
      const [inner = null] = given.positional
      return nested(() => this.#capture(() => this.#for(node, inner, scope, depth + 1)))
    }
    const items = node.test === undefined ? iterate(iterable) : this.#chosen(node, node.test, iterable, scope)
    const length = node.test === undefined && !(iterable instanceof Iteration) ? lengthOf(iterable) : undefined
    const loop = new Loop(items, { length, depth, recurse })
    // In Jinja a loop counts as having run only when an iteration reaches its end.
    let ended = false
    for (let item = loop.next(); item !== undefined; item = loop.next()) {
      spendStep()
      const inner = this.#scope(node.body, scope)
      inner.set('loop', loop.value)
      this.#assign(node.target, item, inner)
      const ending = this.#body(node.body, inner)
      if (ending === 'break') break
      if (ending === undefined) ended = true
    }
    return ended ? undefined : this.#body(node.otherwise, this.#scope(node.otherwise, scope))
  }

  *#chosen(node: For, test: Expression, iterable: Value, scope: Scope): Generator<Value> {
    for (const item of iterate(iterable)) {
      const inner = new Scope(scope, [])
      this.#assign(node.target, item, inner)
      if (isTrue(this.#evaluate(test, inner))) yield item
    }
  }

  #callBlock(node: CallBlock, scope: Scope): undefined {
    const caller = this.#function('caller', node.parameters, node.body, scope)
    const callee = this.#evaluate(node.call.of, scope)
    const given = this.#given(node.call, scope)
    this.line = node.line
    this.#write(print(call(callee, { ...given, named: new Map([...given.named, ['caller', caller]]) })))
  }

  #macro(node: Macro, scope: Scope): Callable {
    return this.#function(node.name, node.parameters, node.body, scope)
  }

  /** A macro, or the body of a call block, as a function that returns its text. */
  #function(name: string, parameters: readonly Parameter[], body: Body, scope: Scope): Callable {
    const [usesCaller, usesNamed, usesRest] = [loads(body, 'caller'), loads(body, 'kwargs'), loads(body, 'varargs')]
    return new Callable('Macro', ({ positional, named }) => {
      const inner = this.#scope(body, scope)
      const rest = new Map(named)
      for (const [i, parameter] of parameters.entries()) {
        const value = i < positional.length ? positional[i] : rest.get(parameter.name)
        if (i >= positional.length) rest.delete(parameter.name)
        if (value !== undefined) inner.set(parameter.name, value)
        else if (parameter.fallback !== undefined) inner.set(parameter.name, this.#evaluate(parameter.fallback, inner))
        else inner.set(parameter.name, new Undefined(`parameter '${parameter.name}' was not provided`))
      }
      if (usesCaller) {
        const caller = rest.get('caller')
        inner.set('caller', caller == null ? new Undefined('No caller defined') : caller)
        rest.delete('caller')
      }
      if (usesNamed) inner.set('kwargs', new Dict(rest))
      else if (rest.size > 0)
        throw new TemplateError(`macro '${name}' takes no keyword argument '${rest.keys().next().value}'`)
      if (usesRest) inner.set('varargs', new Tuple(positional.slice(parameters.length)))
      else if (positional.length > parameters.length)
        throw new TemplateError(`macro '${name}' takes not more than ${parameters.length} argument(s)`)
      return nested(() => this.#capture(() => this.#body(body, inner)))
    })
  }

  #read(name: string, scope: Scope): Value {
    for (const found of [scope.get(name), this.#variables.get(name), globals.get(name)])
      if (found !== undefined) return found
    return new Undefined(`'${name}' is undefined`)
  }

  #given({ args, named, rest, namedRest }: Given, scope: Scope): Arguments {
    const positional = args.map((argument) => this.#evaluate(argument, scope))
    const byName = new Map(named.map(([name, value]) => [name, this.#evaluate(value, scope)]))
    if (rest !== undefined) positional.push(...listOf(this.#evaluate(rest, scope)))
    if (namedRest !== undefined) {
      const more = this.#evaluate(namedRest, scope)
      if (!(more instanceof Dict)) throw new TemplateError(`argument after ** must be a mapping, not ${typeName(more)}`)
      for (const [key, value] of more.entries()) {
        if (!isText(key)) throw new TemplateError('keywords must be strings')
        if (byName.has(textOf(key)))
          throw new TemplateError(`got multiple values for keyword argument '${textOf(key)}'`)
        byName.set(textOf(key), value)
      }
    }
    return { positional, named: byName }
  }

  /** Applies the filters of a block, in order, to its output. */
  #filters(node: Expression & { readonly kind: 'filter' }, text: Value, scope: Scope): Value {
    const value = node.of === null ? text : this.#filters(node.of as typeof node, text, scope)
    return filter(node.name, value, this.#given(node, scope))
  }

  #evaluate(node: Expression, scope: Scope): Value {
    spendStep()
    this.line = node.line
    switch (node.kind) {
      case 'constant':
        return node.value
      case 'name':
        return this.#read(node.name, scope)
      case 'list':
        return node.items.map((item) => this.#evaluate(item, scope))
      case 'tuple':
        return new Tuple(node.items.map((item) => this.#evaluate(item, scope)))
      case 'dict':
        return new Dict(node.pairs.map(([key, value]) => [this.#evaluate(key, scope), this.#evaluate(value, scope)]))
      case 'concat':
        return joinTexts(
          '',
          node.items.map((item) => print(this.#evaluate(item, scope))),
        )
      case 'condition':
        if (isTrue(this.#evaluate(node.test, scope))) return this.#evaluate(node.then, scope)
        if (node.otherwise !== undefined) return this.#evaluate(node.otherwise, scope)
        return new Undefined(
          `the inline if-expression on line ${node.line} evaluated to false and no else section was defined.`,
        )
      case 'and': {
        const left = this.#evaluate(node.left, scope)
        return isTrue(left) ? this.#evaluate(node.right, scope) : left
      }
      case 'or': {
        const left = this.#evaluate(node.left, scope)
        return isTrue(left) ? left : this.#evaluate(node.right, scope)
      }
      case 'not':
        return !isTrue(this.#evaluate(node.of, scope))
      case 'negative':
        return negate(this.#evaluate(node.of, scope), '-')
      case 'positive':
        return negate(this.#evaluate(node.of, scope), '+')
      case 'binary': {
        const left = this.#evaluate(node.left, scope)
        return binary(node.operator, left, this.#evaluate(node.right, scope))
      }
      case 'compare': {
        let left = this.#evaluate(node.left, scope)
        for (const [operator, operand] of node.steps) {
          const right = this.#evaluate(operand, scope)
          if (!holds(operator, left, right)) return false
          left = right
        }
        return true
      }
      case 'attribute':
        return attributeOf(this.#evaluate(node.of, scope), node.name)
      case 'item': {
        const of = this.#evaluate(node.of, scope)
        if (node.key.kind !== 'slice') return itemOf(of, this.#evaluate(node.key, scope))
        return sliceOf(
          of,
          node.key.bounds.map((bound) => (bound === undefined ? null : this.#evaluate(bound, scope))),
        )
      }
      case 'slice':
        throw new TemplateError('a slice among several keys')
      case 'call': {
        const callee = this.#evaluate(node.of, scope)
        const given = this.#given(node, scope)
        this.line = node.line
        return call(callee, given)
      }
      case 'filter': {
        const value = this.#evaluate(node.of as Expression, scope)
        const given = this.#given(node, scope)
        this.line = node.line
        return filter(node.name, value, given)
      }
      case 'test': {
        const value = this.#evaluate(node.of, scope)
        return test(node.name, value, this.#given(node, scope))
      }
    }
  }
}

function call(callee: Value, given: Arguments): Value {
  if (callee instanceof Undefined) throw new TemplateError(callee.reason)
  if (!(callee instanceof Callable)) throw new TemplateError(`'${typeName(callee)}' object is not callable`)
  const result = callee.call(given)
  if (isText(result)) spend(textOf(result).length)
  return result
}
