import { describe, expect, test } from '@jest/globals'
import { hash32, hex, hexBytes, lowerAddress, lowerHexBytes } from '../../src/files/hexSchemas.js'
import { plainMessage } from '../../src/files/plainMessage.js'

const word = 'aB'.repeat(32)

describe('a field in hex', () => {
  test.each([
    ['32 bytes in either case', hexBytes(32), [`0x${word}`], [word, `0x${word}0`, `0x${word}\n`, `0X${word}`, '0x', 7]],
    ['a hash', hash32, [`0x${word.toLowerCase()}`], [`0x${word}`, `0x${word.slice(2).toLowerCase()}`]],
    ['an address', lowerAddress, [`0x${'0f'.repeat(20)}`], [`0x${'0F'.repeat(20)}`]],
    ['bytes of any number', hexBytes(), ['0x', '0xAb'], ['0xa', '0xag', '']],
    ['the same in lower case', lowerHexBytes(), ['0x', '0xab'], ['0xAb']],
    ['the answer of a node', hex, ['0x', '0x1'], ['1', null]],
  ])('is %s', (_, schema, right, wrong) => {
    for (const value of right) expect(schema.parse(value)).toBe(value)
    for (const value of wrong) expect(schema.safeParse(value).success).toBe(false)
  })

  test('is missing, or has another form, in words for people', () => {
    const problem = (value: unknown) => plainMessage(hash32.safeParse(value).error?.issues[0])
    expect(problem(undefined)).toBe('is missing')
    expect(problem('0x12')).toBe('must be 0x and 64 lower-case hexadecimal digits')
  })
})
