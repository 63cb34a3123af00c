import { describe, expect, test } from '@jest/globals'
import { nearDuplicates } from '../../src/attribution/nearDuplicates.js'
import { attributionShares, type ShareInput, type Shares } from '../../src/attribution/shares.js'
import { splitWei } from '../../src/attribution/splitWei.js'
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

/** 20 records of five owners, each a cluster of its own. */
const honest = (): {
  scores: number[]
  clusters: number[]
  contributors: string[]
  firstSeen: number[]
  minimumShare: number
} => {
  const random = seededRandom(seed)
  return {
    scores: Array.from({ length: 20 }, () => random() - 0.3),
    clusters: [...Array(20).keys()],
    contributors: Array.from({ length: 20 }, (_, i) => `owner${i % 5}`),
    firstSeen: [...Array(20).keys()],
    minimumShare: 0,
  }
}

/** Adds copies of a record: the same score (copies have the same gradient), the same cluster, seen later. */
const withCopies = (record: number, owners: readonly string[], known: boolean): ShareInput => {
  const { firstSeen, ...base } = honest()
  for (const [k, owner] of owners.entries()) {
    base.scores.push(base.scores[record] as number)
    base.clusters.push(record)
    base.contributors.push(owner)
    firstSeen.push(100 + k)
  }
  return known ? { ...base, firstSeen } : base
}

const best = honest().scores.indexOf(Math.max(...honest().scores))
const victim = `owner${best % 5}`

describe('attributionShares', () => {
  test('shares are positive scores over their sum; records and contributors both sum to 1', () => {
    const { scores, clusters, contributors } = honest()
    const { records, contributors: owners } = attributed({ scores, clusters, contributors, minimumShare: 0 })
    const total = scores.reduce((sum, score) => sum + Math.max(0, score), 0)
    for (const [i, score] of scores.entries()) expect(records[i]).toBeCloseTo(Math.max(0, score) / total, 14)
    expect(records.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
    expect(owners.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
    expect(owners.map(({ share }) => share)).toEqual(owners.map(({ share }) => share).sort((a, b) => b - a))
  })

  test.each([true, false])(
    'copying a record nine times changes nothing for its owner (first seen known: %s)',
    (known) => {
      const before = shareOf(withCopies(best, [], known), victim)
      expect(shareOf(withCopies(best, Array(9).fill(victim), known), victim)).toBeCloseTo(before, 14)
    },
  )

  test('a copier earns nothing where it is known who was first, under one name or many', () => {
    const thieves = Array.from({ length: 9 }, (_, k) => `thief${k}`)
    const input = withCopies(best, thieves, true)
    expect(shareOf(input, victim)).toBeCloseTo(shareOf(withCopies(best, [], true), victim), 14)
    for (const thief of thieves) expect(shareOf(input, thief)).toBe(0)
  })

  test('where it is not known, owners share the cluster equally and its total stays', () => {
    const before = attributed(withCopies(best, [], false)).records[best] as number
    const input = withCopies(best, ['thief', 'thief', 'thief'], false)
    expect(shareOf(input, 'thief')).toBeCloseTo(before / 2, 14)
    expect(attributed(input).records[best]).toBeCloseTo(before / 2, 14)
    // No record outside the cluster is touched.
    for (let i = 0; i < 20; i++)
      if (i !== best)
        expect(attributed(input).records[i]).toBeCloseTo(attributed(withCopies(best, [], false)).records[i]!, 14)
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
      clusters: nearDuplicates(texts),
      contributors: ['mara', 'tobias', 'zed'],
      firstSeen: [1, 2, 3],
      minimumShare: 0.05,
    })
    expect(records[2]).toBe(0)
    expect(splitWei(810n, [...records])).toEqual([610n, 200n, 0n])
  })

  test('clusters below the noise floor are not paid', () => {
    const input = { scores: [1, 0.05, 0.0499], clusters: [0, 1, 2], contributors: ['a', 'b', 'c'], minimumShare: 0.05 }
    expect(attributed(input).records[1]).toBeCloseTo(0.05 / 1.05, 14)
    expect(attributed(input).records[2]).toBe(0)
    expect(attributed({ ...input, minimumShare: 0 }).records[2]).toBeGreaterThan(0)
    expect([...attributed({ ...input, minimumShare: 1 }).records]).toEqual([1, 0, 0])
  })

  test('no helpful record is said, not divided by zero', () => {
    const clusters = [0, 1]
    const contributors = ['a', 'b']
    for (const scores of [
      [0, 0],
      [-1, -2],
      [0, -0],
    ])
      expect(attributionShares({ scores, clusters, contributors })).toMatchObject({ outcome: 'none' })
    expect(attributionShares({ scores: [], clusters: [], contributors: [] })).toMatchObject({ outcome: 'none' })
  })

  test('scores near the ends of float64 still sum to 1', () => {
    for (const scale of [Number.MAX_VALUE, 1e-300]) {
      const { records } = attributed({
        scores: [scale, scale, scale / 2],
        clusters: [0, 1, 2],
        contributors: ['a', 'b', 'c'],
      })
      expect([...records]).toEqual([0.4, 0.4, 0.2])
    }
  })

  test('bad input is refused with its number', () => {
    const input = { scores: [1, Number.NaN], clusters: [0, 1], contributors: ['a', 'b'] }
    expect(() => attributionShares(input)).toThrow(
      expect.objectContaining({ code: 'OL1508', details: { record: 1, value: Number.NaN } }),
    )
    expect(() => attributionShares({ ...input, scores: [1] })).toThrow(expect.objectContaining({ code: 'OL1510' }))
    expect(() => attributionShares({ ...input, minimumShare: 2 })).toThrow(expect.objectContaining({ code: 'OL1504' }))
  })
})
