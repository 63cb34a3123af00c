import { describe, expect, test } from '@jest/globals'
import { splitWei } from '../../src/rewards/splitWei.js'
import { seededRandom } from '../attribution/seededRandom.js'

const seed = Number(process.env['SEED'] ?? 4711)
console.log(`splitWei: seed ${seed}`)
const random = seededRandom(seed)

const sum = (parts: readonly bigint[]): bigint => parts.reduce((total, part) => total + part, 0n)

/** A float64 as an exact fraction over 2^1074, by string arithmetic rather than bit fields. */
function exact(value: number): bigint {
  let denominatorBits = 0
  let scaled = value
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    denominatorBits++
  }
  return BigInt(scaled) << BigInt(1074 - denominatorBits)
}

const randomWeight = (): number => {
  const kind = random()
  if (kind < 0.15) return 0
  if (kind < 0.3) return Math.floor(random() * 10)
  if (kind < 0.4) return Number.MIN_VALUE * Math.ceil(random() * 100)
  if (kind < 0.5) return random() * 1e308
  return random() * 10 ** Math.floor(random() * 40 - 20)
}

describe('splitWei', () => {
  test('400 random pools: exact sum, every part within a wei of its quota, zero stays zero', () => {
    for (let trial = 0; trial < 400; trial++) {
      const weights = Array.from({ length: 1 + Math.floor(random() * 30) }, randomWeight)
      weights[Math.floor(random() * weights.length)] = 1 + random()
      const pool = BigInt(Math.floor(random() * 2 ** 53)) ** BigInt(1 + Math.floor(random() * 3))
      const parts = splitWei(pool, weights)
      expect(sum(parts)).toBe(pool)
      const total = sum(weights.map(exact))
      for (const [i, part] of parts.entries()) {
        const off = part * total - pool * exact(weights[i] as number)
        expect(off < total && -off < total).toBe(true)
        if (weights[i] === 0) expect(part).toBe(0n)
      }
      expect(splitWei(pool, weights)).toEqual(parts)
    }
  })

  test('a larger weight never gets less', () => {
    for (let trial = 0; trial < 200; trial++) {
      const weights = Array.from({ length: 12 }, randomWeight).concat(1)
      const parts = splitWei(BigInt(Math.floor(random() * 1000)), weights)
      for (const [i, a] of weights.entries())
        for (const [j, b] of weights.entries()) if (a > b) expect(parts[i]! >= parts[j]!).toBe(true)
    }
  })

  test('ties go by index', () => {
    expect(splitWei(100n, [1, 1, 1])).toEqual([34n, 33n, 33n])
    expect(splitWei(2n, [0.1, 0.1, 0.1])).toEqual([1n, 1n, 0n])
  })

  test('weights that float64 sums would round are split exactly', () => {
    expect(splitWei(10n ** 30n, [1, 2 ** -60])).toEqual([10n ** 30n - 867361737988n, 867361737988n])
    expect(splitWei(3n, [Number.MAX_VALUE, Number.MAX_VALUE, Number.MAX_VALUE])).toEqual([1n, 1n, 1n])
    expect(splitWei(3n, [Number.MIN_VALUE, Number.MIN_VALUE * 2])).toEqual([1n, 2n])
  })

  test('an empty pool gives nothing to anybody', () => {
    expect(splitWei(0n, [0, 0])).toEqual([0n, 0n])
    expect(splitWei(0n, [])).toEqual([])
  })

  test.each([
    [-1n, [1], 'the pool is negative'],
    [1n, [], 'there are no weights'],
    [1n, [0, 0], 'all weights are zero'],
    [1n, [1, -0.5], 'weight 1 is -0.5'],
    [1n, [Number.NaN], 'weight 0 is NaN'],
    [1n, [1, Number.POSITIVE_INFINITY], 'weight 1 is Infinity'],
  ] as const)('refuses %s by %j', (pool, weights, reason) => {
    expect(() => splitWei(pool, weights)).toThrow(
      expect.objectContaining({ code: 'OL1509', details: { pool, reason } }),
    )
  })
})
