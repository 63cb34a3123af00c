import { expect, test } from '@jest/globals'
import { confirm } from '../../src/terminal/confirm.js'
import { fakeSurroundings } from './fakeSurroundings.js'

const question = 'Pay 1.25 OPEN from 0x1234…abcd'
const ask = (
  answer: string | undefined,
  { terminal = true, yes = false, signal = new AbortController().signal } = {},
) => {
  const surroundings = fakeSurroundings({ terminal })
  if (answer !== undefined) surroundings.stdin.write(`${answer}\n`)
  return { surroundings, done: confirm(question, { surroundings, yes, signal }) }
}

test.each(['y', 'Y', 'yes', ' YES '])('%j agrees', async (answer) => {
  const { surroundings, done } = ask(answer)
  await done
  expect(surroundings.stderr.text).toContain(`${question}? [y/N] `)
  expect(surroundings.stdout.text).toBe('')
})

test.each(['', 'n', 'no', 'yep', 'y y'])('%j declines', async (answer) => {
  await expect(ask(answer).done).rejects.toMatchObject({ code: 'OL1009', exitCode: 3 })
})

test('off a terminal it never waits: the error names the flag', async () => {
  await expect(ask(undefined, { terminal: false }).done).rejects.toMatchObject({
    code: 'OL1008',
    exitCode: 2,
    hint: expect.stringContaining('--yes'),
  })
})

test('a question mark of the question is written once', async () => {
  const surroundings = fakeSurroundings({ terminal: true })
  surroundings.stdin.write('n\n')
  const done = confirm('Replace it?', { surroundings, yes: false, signal: new AbortController().signal })
  await expect(done).rejects.toThrow('Declined: Replace it')
  expect(surroundings.stderr.text).toContain('Replace it? [y/N] ')
})

test('--yes asks nothing', async () => {
  const { surroundings, done } = ask(undefined, { terminal: false, yes: true })
  await done
  expect(surroundings.stderr.text).toBe('')
})

test('an interruption ends the question', async () => {
  const controller = new AbortController()
  const { done } = ask(undefined, { signal: controller.signal })
  controller.abort()
  await expect(done).rejects.toMatchObject({ name: 'AbortError' })
})

test('Ctrl-C at the keyboard reaches the process as the signal it is', async () => {
  const controller = new AbortController()
  const heard: unknown[] = []
  const hear = (signal: unknown): void => {
    heard.push(signal)
    controller.abort()
  }
  process.on('SIGINT', hear)
  try {
    const { surroundings, done } = ask(undefined, { signal: controller.signal })
    surroundings.stdin.write('\u0003')
    await expect(done).rejects.toMatchObject({ name: 'AbortError' })
    expect(heard).toEqual(['SIGINT'])
  } finally {
    process.off('SIGINT', hear)
  }
})
