import { PassThrough } from 'node:stream'
import { expect, test } from '@jest/globals'
import { readTurns } from '../../src/terminal/readTurns.js'

test('lines of a pipe come one by one, however they arrive, and then nothing', async () => {
  const stdin = new PassThrough()
  const turns = readTurns({ stdin, stderr: new PassThrough() })
  expect(turns.interactive).toBe(false)
  stdin.write('one\ntw')
  expect(await turns.next('> ')).toBe('one')
  const second = turns.next('> ')
  stdin.write('o\nthree')
  expect(await second).toBe('two')
  stdin.end()
  expect(await turns.next('> ')).toBe('three')
  expect(await turns.next('> ')).toBeUndefined()
  turns.close()
})

test('at a keyboard a prompt is drawn, and Ctrl-C comes to the handler', async () => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined })
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  const turns = readTurns({ stdin, stderr })
  expect(turns.interactive).toBe(true)
  let interrupted = 0
  turns.onInterrupt(() => interrupted++)
  const line = turns.next('> ')
  stdin.write('\u0003')
  stdin.write('hello\r')
  expect(await line).toBe('hello')
  expect(interrupted).toBe(1)
  expect(String(stderr.read())).toContain('> ')
  turns.close()
  expect(await turns.next('> ')).toBeUndefined()
})
