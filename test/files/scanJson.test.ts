import { describe, expect, test } from '@jest/globals'
import { parseJson } from '../../src/files/parseJson.js'
import { jsonDepthLimit, scanJson } from '../../src/files/scanJson.js'

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const sound = [
  '{}',
  '[]',
  ' [1, -0, 0.5, 1e3, 1E-3, 12.5e+2] \r\n\t',
  '"\\u00e9\\ud83c\\udf0a\\"\\\\\\/\\b\\f\\n\\r\\t"',
  '{"a": {"b": [null, true, false, {"a": 1}]}, "": 0}',
  '7',
  'null',
]

test.each(sound)('%s has no fault', (text) => {
  expect(scanJson(text)).toEqual({ fault: undefined, rounded: [] })
})

test.each([
  ['', 0, 'the text ends too early'],
  ['{"a": x}', 6, 'a value is missing: found "x"'],
  ['{"a": 1', 7, 'the text ends too early'],
  ['{"a": 1,}', 8, 'a name in double quotes is missing: found "}"'],
  ["{'a': 1}", 1, 'a name in double quotes or } is missing'],
  ['[1 2]', 3, 'a comma or the closing bracket is missing'],
  ['[1]]', 3, 'something follows the value'],
  ['[1}', 2, 'a comma or the closing bracket is missing'],
  ['[01]', 2, 'does not belong to 0'],
  ['[1.]', 2, 'a comma'],
  ['[-]', 1, 'an element or ] is missing'],
  ['[NaN]', 1, 'an element or ] is missing'],
  ['[truely]', 5, 'does not belong to true'],
  ['"a\nb"', 2, 'a line break stands inside a text'],
  ['"a', 0, 'a text does not end'],
  ['"\\x"', 1, 'no character is written so'],
  ['"\\u12g4"', 1, 'no character is written so'],
])('%j is faulty at %i', (text, offset, reason) => {
  expect(parses(text)).toBe(false)
  expect(scanJson(text).fault).toEqual({ offset, reason: expect.stringContaining(reason) })
})

test('it takes for JSON what JSON.parse takes, whatever is changed in a text', () => {
  const texts = [...sound, '{"a": [1, "b\\u0041", {"c": null}], "d": -1.5e3}']
  let agreed = 0
  for (const text of texts)
    for (let at = 0; at <= text.length; at++)
      for (const put of ['', '"', '{', '}', '[', ']', ',', ':', '0', '-', '.', 'e', '\\', ' ', '\n', 't', 'u']) {
        for (const cut of [0, 1]) {
          const changed = text.slice(0, at) + put + text.slice(at + cut)
          const { fault } = scanJson(changed, { grammarOnly: true })
          if ((fault === undefined) !== parses(changed)) throw new Error(`${changed}: ${JSON.stringify(fault)}`)
          agreed++
        }
      }
  expect(agreed).toBeGreaterThan(5000)
})

describe('what parsers read differently', () => {
  test.each([
    ['{"a": 1, "a": 2}', 9, 'the key "a" is there twice'],
    ['{"a": 1, "\\u0061": 2}', 9, 'the key "a" is there twice'],
    ['[{"x": {"k": 1, "j": 2, "k": 3}}]', 24, 'the key "k" is there twice'],
    ['{"__proto__": 1, "__proto__": 2}', 17, 'the key "__proto__" is there twice'],
    ['{"a": "\\ud800"}', 6, 'half a character'],
    ['{"a": "\\udf0a\\ud83c"}', 6, 'half a character'],
    ['{"\\ud800": 1}', 1, 'half a character'],
  ])('%s', (text, offset, reason) => {
    expect(parses(text)).toBe(true)
    expect(scanJson(text).fault).toEqual({ offset, reason: expect.stringContaining(reason) })
    expect(scanJson(text, { grammarOnly: true }).fault).toBeUndefined()
  })

  test('the same key in two objects is no fault', () => {
    expect(scanJson('[{"a": 1}, {"a": {"a": 2}}]').fault).toBeUndefined()
  })
})

test('depth is limited, and no depth ends the stack', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  expect(scanJson(nested(jsonDepthLimit)).fault).toBeUndefined()
  expect(scanJson(nested(jsonDepthLimit + 1)).fault).toMatchObject({ offset: jsonDepthLimit })
  expect(scanJson('{"a":'.repeat(1_000_000)).fault?.reason).toContain('nested deeper')
})

test('a long text is scanned', () => {
  const long = JSON.stringify({ text: 'a"\\\n'.repeat(2_000_000) })
  expect(scanJson(long)).toEqual({ fault: undefined, rounded: [] })
})

describe('numbers', () => {
  test.each([
    '0',
    '-0',
    '0.1',
    '0.10',
    '1e21',
    '9007199254740992',
    '9007199254740994',
    '1000000000000000000000',
    '0.10000000000000001',
    '123456789.12345678',
    '5e-324',
    '1.7976931348623157e308',
    '100e-2',
  ])('%s is kept', (literal) => {
    expect(scanJson(`{"n": ${literal}}`).rounded).toEqual([])
  })

  test.each([
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    '1e400',
    '1e-400',
    '0.1000000000000000055511',
    '3.14159265358979323846',
  ])('%s is not', (literal) => {
    const { rounded } = scanJson(`{"n": [${literal}]}`)
    expect(rounded).toEqual([
      { offset: 7, field: 'n', reason: expect.stringContaining(`the number ${literal} cannot`) },
    ])
  })
})

describe('parseJson', () => {
  test('gives the value', () => {
    expect(parseJson('a', '{"a": [1]}')).toEqual({ a: [1] })
  })

  test.each([
    ['{\n  "é": "ü", x\n}', 'line 2, column 13: a name in double quotes is missing: found "x"'],
    ['{"a": 1,\n "a": 2}', 'line 2, column 2: the key "a" is there twice in one object'],
    ['{"\u{1f30a}": 9007199254740993}', 'line 1, column 7: the number 9007199254740993 cannot be kept exactly'],
  ])('%j: line and column', (text, reason) => {
    expect(() => parseJson('a', text)).toThrow(
      expect.objectContaining({ code: 'OL1903', details: { path: 'a', reason: expect.stringContaining(reason) } }),
    )
  })
})
