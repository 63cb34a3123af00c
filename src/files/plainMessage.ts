import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/** The start of zod's own messages, which a schema without a message of its own gives. */
const own = /^(Invalid|Too (small|big)|Unrecognized|Expected)/

const nouns: Readonly<Record<string, string>> = {
  array: 'entries',
  set: 'entries',
  string: 'characters',
  file: 'bytes',
}
const types: Readonly<Record<string, string>> = {
  array: 'a list',
  bigint: 'a whole number',
  boolean: 'true or false',
  int: 'a whole number',
  null: 'null',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
  undefined: 'nothing',
}

/**
 * Says in plain words what is wrong with a value. The messages of zod are written for programmers.
 *
 * @example
 * plainMessage(z.array(z.string()).min(1).safeParse([]).error?.issues[0]) // 'must have at least 1 entries'
 */
export function plainMessage(issue: Issue | undefined): string {
  if (issue === undefined) return 'is not valid'
  return own.test(issue.message) ? describe(issue) : issue.message
}

function describe(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? 'is missing'
        : `must be ${types[issue.expected] ?? issue.expected}`
    case 'too_small':
      return bound('at least', 'more than', issue.origin, issue.minimum, issue.inclusive)
    case 'too_big':
      return bound('at most', 'less than', issue.origin, issue.maximum, issue.inclusive)
    case 'unrecognized_keys':
      return `has ${issue.keys.map((key) => `"${key}"`).join(', ')}, which is not known`
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_format':
      return issue.format === 'regex' ? 'has another form than it must have' : `is not a valid ${issue.format}`
    case 'invalid_union':
      return 'has none of the forms that it may have'
    default:
      return 'is not valid'
  }
}

const bound = (including: string, beyond: string, origin: string, limit: number | bigint, inclusive = true): string => {
  const counted = nouns[origin]
  const size = `${inclusive ? including : beyond} ${limit}`
  return counted === undefined ? `must be ${size}` : `must have ${size} ${counted}`
}
