import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { parseWith } from '../../src/files/parseWith.js'

const schema = z.strictObject({ crypto: z.object({ rounds: z.int().default(3) }), names: z.array(z.string()).min(1) })
const read = (value: unknown) => parseWith(schema, value, ({ field, problem }) => new Error(`${field} | ${problem}`))

test('returns the value as the schema reads it', () => {
  expect(read({ crypto: {}, names: ['a'] })).toEqual({ crypto: { rounds: 3 }, names: ['a'] })
})

test.each([
  ['a field within another', { crypto: { rounds: 'x' }, names: ['a'] }, 'crypto.rounds | must be a number'],
  ['the first of several', { crypto: 1, names: [] }, 'crypto | must be an object'],
  ['a value that is wrong as a whole', 7, 'the document | must be an object'],
  ['a field that is missing', { crypto: {} }, 'names | is missing'],
])('throws the error of the caller, with place and problem: %s', (_, value, message) => {
  expect(() => read(value)).toThrow(message)
})
