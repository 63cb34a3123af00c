import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { midSentence } from '../../src/files/midSentence.js'
import { plainMessage } from '../../src/files/plainMessage.js'

test.each<[z.ZodType, unknown, string]>([
  [z.array(z.string()).min(1), [], 'must have at least 1 entries'],
  [z.string().max(3), 'long', 'must have at most 3 characters'],
  [z.number().min(1), 0, 'must be at least 1'],
  [z.number().lt(1), 1, 'must be less than 1'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.string(), undefined, 'is missing'],
  [z.string(), 5, 'must be a text'],
  [z.strictObject({}), { nmae: 1 }, 'has "nmae", which is not known'],
  [z.enum(['a', 'b']), 'c', 'must be "a" or "b"'],
  [z.literal(1), 2, 'must be 1'],
  [z.url(), 'x', 'is not a valid url'],
  [z.string().regex(/^a/), 'b', 'has another form than it must have'],
  [z.string().regex(/^a/, 'must begin with a'), 'b', 'must begin with a'],
  [z.union([z.string(), z.boolean()]), 5, 'has none of the forms that it may have'],
  [z.number().multipleOf(2), 3, 'must be a multiple of 2'],
])('a value that does not fit is described in plain words: %#', (schema, value, expected) => {
  expect(plainMessage(schema.safeParse(value).error?.issues[0])).toBe(expected)
})

test.each([
  ['No devnet is running in /x', 'no devnet is running in /x'],
  ['RewardPool.claim was refused', 'RewardPool.claim was refused'],
  ['DatanetRegistry found a mismatch', 'DatanetRegistry found a mismatch'],
  ['/x holds no records', '/x holds no records'],
])('within a sentence %s is %s', (message, expected) => {
  expect(midSentence(message)).toBe(expected)
})
