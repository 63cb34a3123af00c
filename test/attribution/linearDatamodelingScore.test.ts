import { expect, test } from '@jest/globals'
import { linearDatamodelingScore } from '../../src/attribution/evaluate/linearDatamodelingScore.js'
import { spearman } from '../../src/attribution/evaluate/spearman.js'
import { seededRandom } from './seededRandom.js'

test('spearman: values of scipy.stats.spearmanr, ties included', () => {
  expect(spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 14)
  expect(spearman([1, 2, 2, 3], [1, 3, 2, 4])).toBeCloseTo(0.9486832980505138, 14)
  expect(spearman([1, 2, 3], [3, 2, 1])).toBe(-1)
  expect(spearman([1, 1, 1], [3, 2, 1])).toBe(0)
  expect(() => spearman([1], [1, 2])).toThrow(expect.objectContaining({ code: 'OL1510' }))
})

test('LDS is 1 for the scores that made the outcomes, and near 0 for random ones', () => {
  const random = seededRandom(5)
  const rows = 6
  const columns = 40
  const matrix = (): Float64Array => Float64Array.from({ length: rows * columns }, () => random() - 0.5)
  const truth = { rows, columns, data: matrix() }
  const subsets = Array.from({ length: 200 }, () => [...Array(columns).keys()].filter(() => random() < 0.5))
  const data = new Float64Array(rows * subsets.length)
  for (let query = 0; query < rows; query++)
    for (const [j, subset] of subsets.entries())
      data[query * subsets.length + j] = Math.exp(subset.reduce((sum, i) => sum + truth.data[query * columns + i]!, 0))
  const outcomes = { rows, columns: subsets.length, data }
  expect(linearDatamodelingScore(truth, subsets, outcomes).mean).toBeCloseTo(1, 12)
  const chance = linearDatamodelingScore({ rows, columns, data: matrix() }, subsets, outcomes)
  expect(Math.abs(chance.mean)).toBeLessThan(0.25)
  expect(chance.perQuery).toHaveLength(rows)
  expect(() => linearDatamodelingScore(truth, subsets.slice(1), outcomes)).toThrow(
    expect.objectContaining({ code: 'OL1510' }),
  )
})
