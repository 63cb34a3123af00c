import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { StateSaver } from '../../src/devnet/keeper/StateSaver.js'

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

/** A saver of chains that move every millisecond, and whose saving takes so long. */
function begin(cost: number) {
  const saves: number[] = []
  const paces: number[] = []
  const failures: unknown[] = []
  let failing: Error | undefined
  const saver = new StateSaver({
    mark: async () => String(performance.now()),
    async save() {
      saves.push(performance.now())
      await new Promise((resolve) => setTimeout(resolve, cost))
      if (failing !== undefined) throw failing
    },
    onFailure: (cause) => failures.push(cause),
    onPace: (pace) => paces.push(pace),
  })
  saver.start()
  return { saver, saves, paces, failures, fail: (error: Error | undefined) => (failing = error) }
}

test('saves within a second while that is quick', async () => {
  const { saver, saves, paces } = begin(40)
  await jest.advanceTimersByTimeAsync(10_000)
  const gaps = saves.slice(1).map((at, index) => at - (saves[index] ?? 0))
  expect(Math.max(...gaps) + 40).toBeLessThan(1_000)
  expect(saver.pace).toBeLessThan(1_000)
  expect(paces).toEqual([])
})

test('takes a tenth of the time at most where the chains are large, and says what that costs', async () => {
  const { saver, saves, paces } = begin(900)
  await jest.advanceTimersByTimeAsync(90_000)
  expect(saves.length).toBeGreaterThanOrEqual(9)
  expect(saves.length * 900).toBeLessThanOrEqual(9_900)
  expect(paces).toEqual([saver.pace])
  expect(saver.pace).toBeGreaterThanOrEqual(9_000)
})

test('saves nothing that has not moved', async () => {
  let saves = 0
  const saver = new StateSaver({
    mark: async () => 'the same',
    save: async () => {
      saves++
    },
    onFailure: () => undefined,
    onPace: () => undefined,
  })
  saver.start()
  await jest.advanceTimersByTimeAsync(20_000)
  expect(saves).toBe(1)
})

test('tells of a failure once, goes on, and tells when it works again', async () => {
  const { failures, fail, saves } = begin(10)
  fail(new Error('the disk is full'))
  await jest.advanceTimersByTimeAsync(20_000)
  expect(failures).toMatchObject([{ message: 'the disk is full' }])
  expect(saves.length).toBeGreaterThan(5)
  fail(undefined)
  await jest.advanceTimersByTimeAsync(5_000)
  expect(failures).toHaveLength(2)
  expect(failures[1]).toBeUndefined()
})

test('when stopped it waits for the save under way, and begins no other', async () => {
  const { saver, saves } = begin(500)
  await jest.advanceTimersByTimeAsync(600)
  expect(saves).toHaveLength(1)
  let stopped = false
  saver.stop().then(() => {
    stopped = true
  })
  await jest.advanceTimersByTimeAsync(200)
  expect(stopped).toBe(false)
  await jest.advanceTimersByTimeAsync(20_000)
  expect(stopped).toBe(true)
  expect(saves).toHaveLength(1)
})
