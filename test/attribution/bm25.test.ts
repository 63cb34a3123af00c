import { expect, test } from '@jest/globals'
import { bm25 } from '../../src/attribution/spans/bm25.js'

test('scores equal the formula worked out by hand', () => {
  const score = bm25(['the cat sat', 'the dog', 'cat cat cat dog bird'])
  // N = 3, lengths 3, 2, 5, mean 10/3. "cat" is in 2 records, "bird" in 1.
  const cat = Math.log(1 + 1.5 / 2.5)
  const bird = Math.log(1 + 2.5 / 1.5)
  const gain = (count: number, length: number): number =>
    (count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / (10 / 3)))
  const [first, second, third] = score('Cat, bird!')
  expect(first).toBeCloseTo(cat * gain(1, 3), 14)
  expect(second).toBe(0)
  expect(third).toBeCloseTo(cat * gain(3, 5) + bird * gain(1, 5), 14)
})

test('the record that states the fact comes first, in any script', () => {
  const records = [
    'The reef knot joins two ropes of equal size.',
    'La ñandú corre por la pampa.',
    '錨を下ろす前に水深を測る。',
  ]
  const score = bm25(records)
  const top = (query: string): number => {
    const scores = score(query)
    return scores.indexOf(Math.max(...scores))
  }
  expect(top('Which knot joins two ropes?')).toBe(0)
  expect(top('donde corre la nandu')).toBe(1)
  expect(top('水深')).toBe(2)
  expect([...score('zzz')]).toEqual([0, 0, 0])
  expect([...bm25([])('a')]).toEqual([])
})
