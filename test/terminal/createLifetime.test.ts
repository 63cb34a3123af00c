import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, jest, test } from '@jest/globals'
import { createLifetime, Interruption } from '../../src/terminal/createLifetime.js'

const begin = () => {
  const exits: number[] = []
  const host = Object.assign(new EventEmitter(), { exit: (code: number) => exits.push(code) })
  const interruptions: string[] = []
  const lifetime = createLifetime(host, ({ signal }) => interruptions.push(signal))
  return { host, exits, interruptions, lifetime }
}
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

test('a run gives its exit code, cleanups run last first, listeners are gone', async () => {
  const { host, lifetime } = begin()
  const order: string[] = []
  const exitCode = await lifetime.supervise(async () => {
    lifetime.onExit(() => order.push('first'))
    lifetime.onExit(async () => {
      await sleep(1)
      order.push('second')
    })
    lifetime.onExit(() => order.push('taken back'))()
    return 6
  })
  expect(exitCode).toBe(6)
  expect(order).toEqual(['second', 'first'])
  expect(host.eventNames()).toEqual([])
})

describe('a signal', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('%s aborts, cleans up and gives %i', async (signal, expected) => {
    const { host, exits, interruptions, lifetime } = begin()
    const cleanup = jest.fn()
    lifetime.onExit(cleanup)
    const run = lifetime.supervise(() => aborted(lifetime.signal))
    host.emit(signal, signal)
    await expect(run).resolves.toBe(expected)
    expect(cleanup).toHaveBeenCalledTimes(1)
    expect(lifetime.signal.reason).toBeInstanceOf(Interruption)
    expect(interruptions).toEqual([signal])
    expect(exits).toEqual([])
  })

  test('counts also when the run ends well after it', async () => {
    const { host, lifetime } = begin()
    const run = lifetime.supervise(() => aborted(lifetime.signal).catch(() => 0))
    host.emit('SIGINT', 'SIGINT')
    await expect(run).resolves.toBe(130)
  })

  test('is heard also when the run never let it be: nothing that was interrupted counts as done', async () => {
    const { host, lifetime } = begin()
    const run = lifetime.supervise(async () => {
      // As the system does it: the signal waits until the event loop looks for it.
      setImmediate(() => host.emit('SIGINT', 'SIGINT'))
      return 0
    })
    await expect(run).resolves.toBe(130)
  })

  test('again at once is the echo that npm makes; later it ends the process', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] })
    try {
      const { host, exits, lifetime } = begin()
      const run = lifetime.supervise(() => new Promise(() => undefined))
      host.emit('SIGINT', 'SIGINT')
      host.emit('SIGINT', 'SIGINT')
      expect(exits).toEqual([])
      jest.advanceTimersByTime(400)
      host.emit('SIGINT', 'SIGINT')
      expect(exits).toEqual([130])
      jest.advanceTimersByTime(400)
      await run
    } finally {
      jest.useRealTimers()
    }
  })

  test('does not wait for ever on a run that does not listen, and still cleans up', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] })
    try {
      const { host, lifetime } = begin()
      const cleanup = jest.fn()
      lifetime.onExit(cleanup)
      const run = lifetime.supervise(() => new Promise(() => undefined))
      host.emit('SIGTERM', 'SIGTERM')
      jest.advanceTimersByTime(799)
      expect(cleanup).not.toHaveBeenCalled()
      jest.advanceTimersByTime(1)
      await expect(run).resolves.toBe(143)
      expect(cleanup).toHaveBeenCalledTimes(1)
    } finally {
      jest.useRealTimers()
    }
  })
})

test('what is thrown outside of the run ends it, cleaned up', async () => {
  const { host, lifetime } = begin()
  const cleanup = jest.fn()
  lifetime.onExit(cleanup)
  const run = lifetime.supervise(() => new Promise(() => undefined))
  host.emit('uncaughtException', new Error('from a timer'))
  await expect(run).rejects.toThrow('from a timer')
  expect(cleanup).toHaveBeenCalledTimes(1)
})

test('a cleanup that fails keeps no other from running, and is not silent', async () => {
  const { lifetime } = begin()
  const other = jest.fn()
  lifetime.onExit(other)
  lifetime.onExit(() => Promise.reject(new Error('port still taken')))
  await expect(lifetime.supervise(async () => 0)).rejects.toThrow('port still taken')
  expect(other).toHaveBeenCalledTimes(1)
})

test('a closed pipe stops the run without a failure', async () => {
  const { lifetime } = begin()
  const run = lifetime.supervise(() => aborted(lifetime.signal))
  lifetime.closePipe()
  await expect(run).resolves.toBe(0)
})
