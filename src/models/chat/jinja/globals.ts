import { bind, bindPositional, toIndex, toText } from './arguments.js'
import { TemplateError, unsupported } from './limits.js'
import { print } from './print.js'
import { formatTime } from './strftime.js'
import { type Arguments, Callable, Dict, iterate, listOf, Namespace, Range, Undefined, type Value } from './values.js'

/** The longest range that the sandbox allows. */
const longestRange = 100_000n

const callable = (name: string, call: (given: Arguments) => Value): [string, Callable] => [
  name,
  new Callable('function', call),
]

function range(given: Arguments): Range {
  const [first = 0n, second, third = 1n] = bindPositional('range', given, 1, 3).map((value) => BigInt(toIndex(value)))
  if (third === 0n) throw new TemplateError('range() arg 3 must not be zero')
  const made = second === undefined ? new Range(0n, first, 1n) : new Range(first, second, third)
  if (made.length > longestRange)
    throw new TemplateError(`Range too big. The sandbox blocks ranges larger than MAX_RANGE (${longestRange}).`)
  return made
}

/** The items of a call of `dict()` or `namespace()`. */
function dict({ positional, named }: Arguments): Dict {
  if (positional.length > 1) throw new TemplateError(`dict expected at most 1 argument, got ${positional.length}`)
  const made = new Dict()
  const [source] = positional
  if (source instanceof Dict) for (const [key, value] of source.entries()) made.set(key, value)
  else if (source !== undefined)
    for (const pair of iterate(source)) {
      const [key, value, ...more] = listOf(pair)
      if (key === undefined || value === undefined || more.length > 0)
        throw new TemplateError('dictionary update sequence element has another length than 2')
      made.set(key, value)
    }
  for (const [key, value] of named) made.set(key, value)
  return made
}

function cycler(given: Arguments): Callable {
  const items = bindPositional('cycler', given, 0, Number.POSITIVE_INFINITY)
  if (items.length === 0) throw new TemplateError('at least one item has to be provided')
  let at = 0
  return new Callable(
    'Cycler',
    () => {
      throw new TemplateError("'Cycler' object is not callable")
    },
    (name) => {
      if (name === 'current') return items[at]
      if (name === 'next' || name === 'reset')
        return new Callable('method', () => {
          const current = items[at] as Value
          at = name === 'reset' ? 0 : (at + 1) % items.length
          return name === 'reset' ? null : current
        })
      return undefined
    },
  )
}

function joiner(given: Arguments): Callable {
  const [separator = ', '] = bind('joiner', given, ['sep'])
  let used = false
  return new Callable('Joiner', () => {
    const now = used ? separator : ''
    used = true
    return now
  })
}

/** The functions that every chat template has in transformers. */
export const globals: ReadonlyMap<string, Value> = new Map<string, Value>([
  callable('range', range),
  callable('dict', dict),
  callable('namespace', (given) => {
    const namespace = new Namespace()
    for (const [key, value] of dict(given).entries()) namespace.fields.set(key, value)
    return namespace
  }),
  callable('cycler', cycler),
  callable('joiner', joiner),
  callable('lipsum', () => {
    throw unsupported('the function lipsum')
  }),
  callable('raise_exception', (given) => {
    const [message = null] = bind('raise_exception', given, ['message'], 1)
    if (message instanceof Undefined) throw new TemplateError(message.reason)
    throw new TemplateError(print(message))
  }),
  callable('strftime_now', (given) => {
    const [format = null] = bind('strftime_now', given, ['format'], 1)
    return formatTime(new Date(), toText('strftime() argument 1', format))
  }),
])
