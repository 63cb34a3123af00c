import { bindPositional } from './arguments.js'
import { isFilter, isTest } from './known.js'
import { TemplateError } from './limits.js'
import { binary, contains, equal, holds, isIterable } from './operators.js'
import { print } from './print.js'
import { textMethods } from './strings.js'
import {
  type Arguments,
  Callable,
  Dict,
  DictView,
  isNumber,
  isText,
  lengthOf,
  Markup,
  textOf,
  Undefined,
  type Value,
} from './values.js'

type Test = (value: Value, other: Value) => boolean

const nothing: Arguments = { positional: [], named: new Map() }
const cased = (value: Value, method: string): boolean =>
  textMethods.get(method)?.(print(value), nothing, method) === true

function isSame(left: Value, right: Value): boolean {
  const isSingle = (value: Value): boolean => value === null || typeof value === 'boolean'
  if (isSingle(left) || isSingle(right)) return left === right
  // Whether two equal numbers or texts are one object is an implementation detail of Python.
  if ((isNumber(left) && isNumber(right)) || (isText(left) && isText(right)))
    throw new TemplateError('the test sameas compares two numbers or texts, which Python may keep once or twice')
  return left === right
}

/** Tests of one value, and of two. */
const one: ReadonlyMap<string, (value: Value) => boolean> = new Map<string, (value: Value) => boolean>([
  ['defined', (value) => !(value instanceof Undefined)],
  ['undefined', (value) => value instanceof Undefined],
  ['none', (value) => value === null],
  ['boolean', (value) => typeof value === 'boolean'],
  ['true', (value) => value === true],
  ['false', (value) => value === false],
  ['integer', (value) => typeof value === 'bigint'],
  ['float', (value) => typeof value === 'number'],
  ['number', isNumber],
  ['string', isText],
  ['mapping', (value) => value instanceof Dict],
  ['iterable', isIterable],
  ['sequence', (value) => lengthOf(value) !== undefined && !(value instanceof DictView)],
  ['callable', (value) => value instanceof Callable || value instanceof Undefined],
  ['escaped', (value) => value instanceof Markup],
  ['odd', (value) => equal(binary('%', value, 2n), 1n)],
  ['even', (value) => equal(binary('%', value, 2n), 0n)],
  ['lower', (value) => cased(value, 'islower')],
  ['upper', (value) => cased(value, 'isupper')],
  ['filter', (value) => isText(value) && isFilter(textOf(value))],
  ['test', (value) => isText(value) && isTest(textOf(value))],
])
const comparison =
  (operator: '==' | '!=' | '<' | '<=' | '>' | '>='): Test =>
  (value, other) =>
    holds(operator, value, other)
const two: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['divisibleby', (value, other) => equal(binary('%', value, other), 0n)],
  ['sameas', isSame],
  ['in', (value, other) => contains(other, value)],
  ...(['==', 'eq', 'equalto'] as const).map((name): [string, Test] => [name, comparison('==')]),
  ...(['!=', 'ne'] as const).map((name): [string, Test] => [name, comparison('!=')]),
  ...(['>', 'gt', 'greaterthan'] as const).map((name): [string, Test] => [name, comparison('>')]),
  ...(['>=', 'ge'] as const).map((name): [string, Test] => [name, comparison('>=')]),
  ...(['<', 'lt', 'lessthan'] as const).map((name): [string, Test] => [name, comparison('<')]),
  ...(['<=', 'le'] as const).map((name): [string, Test] => [name, comparison('<=')]),
])

/** `value is name(…)`. */
export function test(name: string, value: Value, given: Arguments): boolean {
  const single = one.get(name)
  if (single !== undefined) {
    bindPositional(name, given, 0, 0)
    return single(value)
  }
  const double = two.get(name)
  if (double === undefined) throw new TemplateError(`No test named '${name}'`)
  const [other = null] = bindPositional(name, given, 1, 1)
  return double(value, other)
}
