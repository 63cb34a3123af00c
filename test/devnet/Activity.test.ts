import { expect, test } from '@jest/globals'
import { Activity } from '../../src/devnet/node/Activity.js'

test('every look passes for some seconds after something happened, then one in so many', () => {
  let now = 0
  const activity = new Activity(() => now)
  const isWorthIt = activity.sieve(4)
  const looks = (count: number): boolean[] => Array.from({ length: count }, isWorthIt)
  expect(looks(3)).toEqual([true, true, true])
  now += 10_000
  expect(looks(8)).toEqual([false, false, false, true, false, false, false, true])
  activity.touch()
  expect(looks(2)).toEqual([true, true])
})

test('what happened is seen however late the next look is, by each of those who look', () => {
  let now = 0
  const activity = new Activity(() => now)
  const [one, other] = [activity.sieve(100), activity.sieve(100)]
  now += 10_000
  for (const look of [one, other]) look()
  expect([one(), other()]).toEqual([false, false])
  activity.touch()
  now += 60_000
  expect([one(), other(), one(), other()]).toEqual([true, true, false, false])
})
