import { describe, expect, test } from '@jest/globals'
import { bandCount, bandKeys, jaccard, shingles } from '../../src/datanet/minHash.js'
import { normalisedWords } from '../../src/datanet/normalisedWords.js'
import { integerStream } from '../merkle/random.js'

describe('normalisedWords', () => {
  test.each([
    ['case, white space and punctuation', 'Leave it,\tto PORT!', 'leave it to port'],
    ['compatibility forms', 'ﬁx the ｅｎｇｉｎｅ', 'fix the engine'],
    ['invisible characters', 'im\u00adpel\u200bler', 'impeller'],
    ['apostrophes', 'don’t', "don't"],
    ['dashes of every kind', '10–20', '10-20'],
  ])('ignores %s', (_, a, b) => {
    expect(normalisedWords(a)).toEqual(normalisedWords(b))
  })

  test.each([
    ['2+2', '2-2'],
    ['5 °C', '-5 °C'],
    ['5', '5%'],
    ['1.5', '15'],
    ['?!', '...'],
  ])('keeps %s and %s apart', (a, b) => {
    expect(normalisedWords(a)).not.toEqual(normalisedWords(b))
  })
})

describe('MinHash', () => {
  const wordsOf = (count: number, seed: string) => {
    const number = integerStream(seed, 0, 999)
    return Array.from({ length: count }, () => `word${number()}`)
  }

  test('shingles are the word 5-grams, or the whole of a shorter text', () => {
    expect([...shingles(['a', 'b', 'c', 'd', 'e', 'f'])]).toEqual(['a b c d e', 'b c d e f'])
    expect([...shingles(['a', 'b'])]).toEqual(['a b'])
  })

  test('jaccard is the share of the union that both have', () => {
    expect(jaccard(new Set(['a', 'b', 'c']), new Set(['b', 'c', 'd']))).toBe(0.5)
    expect(jaccard(new Set(['a']), new Set(['a']))).toBe(1)
    expect(jaccard(new Set(['a']), new Set(['b']))).toBe(0)
  })

  const shareBucket = (a: ReadonlySet<string>, b: ReadonlySet<string>) => {
    const other = bandKeys(b)
    return bandKeys(a).some((key, band) => key === other[band])
  }

  test('finds every one of 200 pairs that are alike by 0.8 or more', () => {
    let pairs = 0
    for (let i = 0; i < 200; i++) {
      const words = wordsOf(60, `near ${i}`)
      // Another last word changes one 5-gram, one near the end few, all of them at the edge of 0.8.
      const changed = words.with(words.length - 1 - (i % 5), 'changed')
      const [a, b] = [shingles(words), shingles(changed)]
      if (jaccard(a, b) < 0.8) continue
      pairs++
      expect(shareBucket(a, b)).toBe(true)
    }
    expect(pairs).toBe(200)
  })

  test('shares buckets as often as the theory says, so most pairs are never compared', () => {
    // Two sets of 60 with 20 in common: s = 0.2, 1 - (1 - 0.2^5)^25 = 0.8 %; expected of 1000 pairs: 8.
    let shared = 0
    for (let i = 0; i < 1000; i++) {
      const items = Array.from({ length: 100 }, (_, n) => `item ${i} ${n}`)
      if (shareBucket(new Set(items.slice(0, 60)), new Set(items.slice(40)))) shared++
    }
    expect(shared).toBeLessThan(25)
    expect(bandKeys(new Set(['a']))).toHaveLength(bandCount)
  })
})
