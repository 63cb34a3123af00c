import { describe, expect, test } from '@jest/globals'
import { SuffixArray } from '../../src/attribution/spans/SuffixArray.js'
import { maximalSpans } from '../../src/attribution/spans/spans.js'
import { seededRandom } from './seededRandom.js'

const seed = Number(process.env['SEED'] ?? 31)
console.log(`spans: seed ${seed}`)

const holds = (record: readonly number[], run: readonly number[]): number => {
  let count = 0
  for (let i = 0; i + run.length <= record.length; i++) if (run.every((token, k) => record[i + k] === token)) count++
  return count
}

/** The definition, by trying everything. */
function spansByDefinition(records: readonly number[][], answer: readonly number[], minimumLength: number): object[] {
  const found: { start: number; end: number }[] = []
  for (let start = 0; start < answer.length; start++)
    for (let end = answer.length; end >= start + minimumLength; end--)
      if (records.some((record) => holds(record, answer.slice(start, end)) > 0)) {
        found.push({ start, end })
        break
      }
  return found
    .filter((a) => !found.some((b) => b !== a && b.start <= a.start && b.end >= a.end))
    .map(({ start, end }) => {
      const run = answer.slice(start, end)
      const counts = records.map((record) => holds(record, run))
      return {
        start,
        end,
        records: [...counts.keys()].filter((i) => counts[i]! > 0),
        occurrences: counts.reduce((a, b) => a + b, 0),
      }
    })
}

describe('maximalSpans', () => {
  test('120 random Datanets: the same spans, records and counts as by trying everything', () => {
    const random = seededRandom(seed)
    for (let trial = 0; trial < 120; trial++) {
      const alphabet = 2 + Math.floor(random() * 5)
      // Token ids far apart: the alphabet is theirs, not 0 to k.
      const tokens = (length: number): number[] =>
        Array.from({ length }, () => Math.floor(random() * alphabet) * 1_000_003)
      const records = Array.from({ length: Math.floor(random() * 8) }, () => tokens(Math.floor(random() * 20)))
      if (random() < 0.5 && records.length > 0) records.push([...records[0]!])
      const answer = [...tokens(10), 999_999_999, ...tokens(12)]
      const index = new SuffixArray(records)
      for (const minimumLength of [1, 3]) {
        const spans = maximalSpans(index, answer, { minimumLength, density: 1, minimumSpans: answer.length })
        const plain = spans.map(({ start, end, records, occurrences }) => ({ start, end, records, occurrences }))
        expect(plain).toEqual(spansByDefinition(records, answer, minimumLength))
      }
    }
  })

  test('a match does not reach into the next record', () => {
    const index = new SuffixArray([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(maximalSpans(index, [1, 2, 3, 4, 5, 6])).toMatchObject([
      { start: 0, end: 3, records: [0] },
      { start: 3, end: 6, records: [1] },
    ])
  })

  test('the rarest spans are kept, in the order of the answer', () => {
    const common = Array.from({ length: 30 }, () => [1, 2, 3, 9])
    const index = new SuffixArray([...common, [4, 5, 6], [7, 8, 10]])
    const answer = [4, 5, 6, 1, 2, 3, 7, 8, 10]
    const kept = maximalSpans(index, answer, { density: 0.2, minimumSpans: 0 })
    expect(kept.map(({ start }) => start)).toEqual([0, 6])
    expect(kept[0]!.logProbability).toBeCloseTo(3 * Math.log(1 / 126), 12)
    expect(maximalSpans(index, answer)).toHaveLength(3)
  })

  test('spans end at delimiters and at word ends', () => {
    const index = new SuffixArray([[1, 2, 3, 4, 5, 6, 7]])
    const delimiters = new Set([3])
    expect(maximalSpans(index, [1, 2, 3, 4, 5, 6, 7], { delimiters })).toMatchObject([
      { start: 0, end: 3 },
      { start: 3, end: 7 },
    ])
    const startsWord = (token: number): boolean => token % 2 === 0
    expect(maximalSpans(index, [1, 2, 3, 4, 5, 7], { startsWord })).toEqual([])
    expect(maximalSpans(index, [1, 2, 3, 4, 5, 6, 9], { startsWord })).toMatchObject([{ start: 1, end: 5 }])
  })

  test('a token that no record holds cuts spans and lowers no rank', () => {
    const index = new SuffixArray([[1, 2, 3]])
    expect(maximalSpans(index, [77, 1, 2, 3, 77])).toMatchObject([{ start: 1, end: 4, occurrences: 1 }])
    expect(maximalSpans(index, [])).toEqual([])
    expect(maximalSpans(new SuffixArray([]), [1, 2, 3])).toEqual([])
  })

  test('bad token ids and options are refused', () => {
    expect(() => new SuffixArray([[1], [2, -3]])).toThrow(
      expect.objectContaining({ code: 'OL1507', details: { position: 1, record: 1, value: -3 } }),
    )
    const index = new SuffixArray([[1]])
    expect(() => maximalSpans(index, [1], { minimumLength: 0 })).toThrow(expect.objectContaining({ code: 'OL1504' }))
    expect(() => maximalSpans(index, [1], { density: 2 })).toThrow(expect.objectContaining({ code: 'OL1504' }))
  })
})
