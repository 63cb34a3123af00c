import { expect, test } from '@jest/globals'
import { canonicalJson } from '../../src/files/canonicalJson.js'
import { parseAsWritten, WrittenNumber } from '../../src/files/WrittenNumber.js'

const text =
  '{"score": 1.0, "a": {"x": [1.0, 1, -0.0, 1.50, 1e2, 1E400], "10": 5.0, "n": 1000000000000000000000}, "t": "9.0 {1e5}"}'

test('numbers that Python prints otherwise are kept as written, inside the outermost value alone', () => {
  const { score, a, t } = parseAsWritten(text) as {
    score: unknown
    a: { x: unknown[]; n: WrittenNumber; 10: WrittenNumber }
    t: string
  }
  expect([score, t]).toEqual([1, '9.0 {1e5}'])
  const kept = a.x.map((each) => (each instanceof WrittenNumber ? [each.value] : each))
  expect(kept).toEqual([[1], 1, [-0], 1.5, [100], Number.POSITIVE_INFINITY])
  expect([a.n.value, a[10].value]).toEqual([10n ** 21n, 5])
})

test('they are plain numbers in JSON, so that no hash changes', () => {
  const short = text.replace(', 1E400', '')
  expect(canonicalJson(parseAsWritten(short))).toBe(canonicalJson(JSON.parse(short)))
  expect(JSON.stringify(parseAsWritten(short))).toBe(JSON.stringify(JSON.parse(short)))
})
