import { describe, expect, test } from '@jest/globals'
import { attributionShares, type ShareInput, type Shares } from '../../src/attribution/shares/shares.js'
import { splitWei } from '../../src/rewards/splitWei.js'
import { originalsOf } from '../../src/text/originals.js'
import { seededRandom } from './seededRandom.js'

const seed = Number(process.env['SEED'] ?? 8)
console.log(`shares: seed ${seed}`)

function attributed(input: ShareInput): Extract<Shares, { outcome: 'attributed' }> {
  const result = attributionShares(input)
  if (result.outcome !== 'attributed') throw new Error(result.reason)
  return result
}
const shareOf = (input: ShareInput, name: string): number =>
  attributed(input).contributors.find(({ contributor }) => contributor === name)?.share ?? 0

/** 20 records of five owners, none of which copies another. */
const honest = () => {
  const random = seededRandom(seed)
  return {
    scores: Array.from({ length: 20 }, () => random() - 0.3),
    originals: [...Array(20).keys()],
    contributors: Array.from({ length: 20 }, (_, i) => `owner${i % 5}`),
    minimumShare: 0,
  }
}

/** Adds copies of a record, with scores of their own: a copy may well score higher than what it copies. */
const withCopies = (record: number, owners: readonly string[], factor = 1): ShareInput => {
  const base = honest()
  for (const owner of owners) {
    base.scores.push((base.scores[record] as number) * factor)
    base.originals.push(record)
    base.contributors.push(owner)
  }
  return base
}

const best = honest().scores.indexOf(Math.max(...honest().scores))
const victim = `owner${best % 5}`
const thieves = (count: number): string[] => Array.from({ length: count }, (_, k) => `thief${k}`)

describe('attributionShares', () => {
  test('shares are positive scores over their sum; records and contributors both sum to 1', () => {
    const { scores } = honest()
    const { records, contributors: owners } = attributed(honest())
    const total = scores.reduce((sum, score) => sum + Math.max(0, score), 0)
    for (const [i, score] of scores.entries()) expect(records[i]).toBeCloseTo(Math.max(0, score) / total, 14)
    expect(records.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
    expect(owners.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
    expect(owners.map(({ share }) => share)).toEqual(owners.map(({ share }) => share).sort((a, b) => b - a))
  })

  test.each([1, 5, 9])('%i copies earn nothing and change nobody’s share, in one account or many', (count) => {
    const before = attributed(honest())
    for (const owners of [thieves(count), Array(count).fill('thief'), Array(count).fill(victim)])
      for (const factor of [0.1, 1, 10]) {
        const after = attributed(withCopies(best, owners, factor))
        expect(after.records.subarray(0, 20)).toEqual(before.records)
        expect([...after.records.subarray(20)]).toEqual(Array(count).fill(0))
        expect(after.contributors.filter(({ share }) => share > 0)).toEqual(
          before.contributors.filter(({ share }) => share > 0),
        )
      }
  })

  test('a copy of what does not help is not paid, however high it scores', () => {
    const worst = honest().scores.indexOf(Math.min(...honest().scores))
    expect(shareOf(withCopies(worst, ['thief'], -100), 'thief')).toBe(0)
  })

  test('a copy that outranks everything does not push others below the noise floor', () => {
    const minimumShare = 0.3
    expect(attributed({ ...withCopies(best, ['thief'], 100), minimumShare }).records.subarray(0, 20)).toEqual(
      attributed({ ...honest(), minimumShare }).records,
    )
  })

  test('is fair to names and places: who is called what, and stands where, changes no share', () => {
    const { scores, contributors } = honest()
    const order = [...scores.keys()].reverse()
    const turned = attributed({
      scores: order.map((i) => scores[i] as number),
      originals: [...order.keys()],
      contributors: order.map((i) => `new ${contributors[i]}`),
      minimumShare: 0,
    })
    const before = attributed(honest())
    expect([...turned.records].reverse()).toEqual([...before.records].map((share) => expect.closeTo(share, 14)))
    for (const { contributor, share } of before.contributors)
      expect(turned.contributors.find((each) => each.contributor === `new ${contributor}`)?.share).toBeCloseTo(
        share,
        14,
      )
  })

  test('equal records earn equally, and one that does not help earns nothing', () => {
    const { records } = attributed({
      scores: [2, 2, -1, 0],
      originals: [0, 1, 2, 3],
      contributors: ['a', 'b', 'c', 'd'],
    })
    expect([...records]).toEqual([0.5, 0.5, 0, 0])
  })

  test('whatever is copied, the shares sum to the pool to the wei', () => {
    const random = seededRandom(seed + 1)
    for (let round = 0; round < 200; round++) {
      const length = 1 + Math.floor(random() * 40)
      const scores = Array.from({ length }, () => random() - 0.5)
      const originals = scores.map((_, i) => (random() < 0.5 ? i : Math.floor(random() * i)))
      // Of a copy of a copy only whether it is one matters.
      const contributors = scores.map(() => `owner${Math.floor(random() * 6)}`)
      const shares = attributionShares({ scores, originals, contributors, minimumShare: 0.05 })
      if (shares.outcome === 'none') continue
      const pool = BigInt(Math.floor(random() * 1e15))
      expect(splitWei(pool, [...shares.records]).reduce((sum, wei) => sum + wei, 0n)).toBe(pool)
      for (const [i, original] of originals.entries()) if (original !== i) expect(shares.records[i]).toBe(0)
    }
  })

  test('an owner who splits into many names gains nothing', () => {
    const base = honest()
    const before = shareOf(base, victim)
    let next = 0
    const contributors = base.contributors.map((name) => (name === victim ? `alias${next++}` : name))
    const aliases = attributed({ ...base, contributors }).contributors.filter(({ contributor }) =>
      contributor.startsWith('alias'),
    )
    expect(aliases.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(before, 14)
  })

  test('from texts to wei: a second owner with an edited copy takes nothing', () => {
    const texts = [
      'Reef early: when you first think of reefing, the wind has already decided for you and the crew is tired.',
      'An anchor needs a scope of five times the depth in fair weather, and of seven in a blow.',
      'REEF EARLY - when you first think of reefing the wind has already chosen for you and the crew is tired.',
    ]
    const { records } = attributed({
      scores: [0.6, 0.2, 0.61],
      originals: originalsOf(texts.map((text) => [{ text, learned: true }])),
      contributors: ['mara', 'tobias', 'zed'],
      minimumShare: 0.05,
    })
    expect(records[2]).toBe(0)
    expect(splitWei(800n, [...records])).toEqual([600n, 200n, 0n])
  })

  test('records below the noise floor are not paid', () => {
    const input = { scores: [1, 0.05, 0.0499], originals: [0, 1, 2], contributors: ['a', 'b', 'c'], minimumShare: 0.05 }
    expect(attributed(input).records[1]).toBeCloseTo(0.05 / 1.05, 14)
    expect(attributed(input).records[2]).toBe(0)
    expect(attributed({ ...input, minimumShare: 0 }).records[2]).toBeGreaterThan(0)
    expect([...attributed({ ...input, minimumShare: 1 }).records]).toEqual([1, 0, 0])
  })

  test('no helpful record is said, not divided by zero', () => {
    const originals = [0, 1]
    const contributors = ['a', 'b']
    for (const scores of [
      [0, 0],
      [-1, -2],
      [0, -0],
    ])
      expect(attributionShares({ scores, originals, contributors })).toMatchObject({ outcome: 'none' })
    expect(attributionShares({ scores: [], originals: [], contributors: [] })).toMatchObject({ outcome: 'none' })
  })

  test('scores near the ends of float64 still sum to 1', () => {
    for (const scale of [Number.MAX_VALUE, 1e-300]) {
      const { records } = attributed({
        scores: [scale, scale, scale / 2],
        originals: [0, 1, 2],
        contributors: ['a', 'b', 'c'],
      })
      expect([...records]).toEqual([0.4, 0.4, 0.2])
    }
  })

  test('bad input is refused with its number', () => {
    const input = { scores: [1, Number.NaN], originals: [0, 1], contributors: ['a', 'b'] }
    expect(() => attributionShares(input)).toThrow(
      expect.objectContaining({ code: 'OL1508', details: { record: 1, value: Number.NaN } }),
    )
    expect(() => attributionShares({ ...input, scores: [1] })).toThrow(expect.objectContaining({ code: 'OL1510' }))
    expect(() => attributionShares({ ...input, minimumShare: 2 })).toThrow(expect.objectContaining({ code: 'OL1504' }))
  })
})
