import { afterAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { OpenLedgerError } from '../../src/errors/OpenLedgerError.js'
import { createOutput } from '../../src/terminal/createOutput.js'
import { numbered } from '../../src/terminal/renderError.js'
import { type FakeOptions, fakeSurroundings } from './fakeSurroundings.js'

const open = (fake: FakeOptions = {}, asked: { json?: boolean; quiet?: boolean; verbose?: boolean } = {}) => {
  const surroundings = fakeSurroundings(fake)
  const options = { json: false, quiet: false, verbose: false, colour: true, ...asked }
  return { ...surroundings, output: createOutput(surroundings, options) }
}
const escapeCode = '\u001b['

describe('a result', () => {
  const data = { amountWei: 10n ** 24n + 1n, owner: 'mara' }

  test('is text on stdout and nothing else', () => {
    const { output, stdout, stderr } = open()
    output.result(data, ({ owner }) => `paid ${owner}`)
    expect(stdout.text).toBe('paid mara\n')
    expect(stderr.text).toBe('')
    expect(output.exitCode).toBe(0)
  })

  test('is one JSON document in which no digit of an amount is lost', () => {
    const { output, stdout } = open({}, { json: true })
    output.result(data, () => 'text')
    expect(stdout.text).toBe('{"ok":true,"data":{"amountWei":"1000000000000000000000001","owner":"mara"}}\n')
  })

  test('that means no carries its error and the exit code of it', () => {
    const failure = new OpenLedgerError('OL1009', { question: 'Pay' })
    const json = open({}, { json: true })
    json.output.result({ checked: 3 }, () => 'text', failure)
    expect(JSON.parse(json.stdout.text)).toEqual({
      ok: false,
      error: { code: 'OL1009', message: failure.message, hint: failure.hint },
      data: { checked: 3 },
    })
    expect(json.output.exitCode).toBe(3)
    const text = open()
    text.output.result({ checked: 3 }, () => 'text', failure)
    expect(text.stdout.text).toBe('text\n')
    expect(text.stderr.text).toContain('✖ OL1009 Declined: Pay')
  })

  test('that is told by its failure alone leaves stdout empty', () => {
    const { output, stdout } = open()
    output.result({}, () => '', new OpenLedgerError('OL1031', { code: 'OL1' }))
    expect(stdout.text).toBe('')
  })

  test('comes once', () => {
    const { output } = open()
    output.result(1, String)
    expect(() => output.result(2, String)).toThrow('one result')
  })
})

describe('an error', () => {
  test('says code, message and hint on stderr', () => {
    const { output, stdout, stderr } = open()
    output.error(new OpenLedgerError('OL1020', { folder: '/tmp/x' }))
    expect(stdout.text).toBe('')
    expect(stderr.text).toMatch(
      /^✖ OL1020 No workspace here: neither \/tmp\/x .*\n {2}→ Make one with `openledger init <dir>`/,
    )
  })

  test('fits the terminal, and its hint names the program as it was started', () => {
    const script = '/clone/bin/openledger.js'
    const terminal = fakeSurroundings({ terminal: true, columns: 60, cwd: '/clone', environment: { NO_COLOR: '1' } })
    const output = createOutput({ ...terminal, script }, { json: false, quiet: false, verbose: false, colour: true })
    output.error(new OpenLedgerError('OL1020', { folder: '/home/mara/a/rather/long/path' }))
    const lines = terminal.stderr.text.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^✖ OL1020 No workspace here/)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60)
    expect(lines.find((line) => line.startsWith('  →'))).toBe(
      '  → Make one with `node bin/openledger.js init <dir>`, or',
    )
  })

  test('is the document on stdout with --json', () => {
    const { output, stdout, stderr } = open({}, { json: true })
    output.error(new OpenLedgerError('OL1031', { code: 'OL1' }))
    const { ok, error } = JSON.parse(stdout.text)
    expect([ok, error.code, error.message]).toEqual([false, 'OL1031', 'There is no error code OL1'])
    expect(stderr.text).toBe('')
  })

  test('after the document leaves stdout one document', () => {
    const { output, stdout, stderr } = open({}, { json: true })
    output.result({}, String)
    output.error(new OpenLedgerError('OL1031', { code: 'OL1' }))
    expect(stdout.text).toBe('{"ok":true,"data":{}}\n')
    expect(stderr.text).toContain('OL1031')
  })

  test('that nobody foresaw is OL1000; its stack and causes only with --verbose', () => {
    const cause = new TypeError('x is not a function', { cause: new Error('deeper') })
    const plain = open()
    plain.output.error(numbered(cause))
    expect(plain.stderr.text).toContain('OL1000 Unexpected failure: x is not a function')
    expect(plain.stderr.text).not.toContain('createOutput.test')
    const verbose = open({}, { verbose: true })
    verbose.output.error(numbered(cause))
    expect(verbose.stderr.text).toContain('caused by TypeError: x is not a function')
    expect(verbose.stderr.text).toContain('caused by Error: deeper')
    expect(verbose.stderr.text).toContain('createOutput.test')
  })

  test('that is its own cause is told once', () => {
    const error = new Error('round')
    error.cause = error
    const { output, stderr } = open({}, { verbose: true })
    output.error(numbered(error))
    expect(stderr.text.match(/caused by Error: round/g)).toHaveLength(1)
  })
})

describe('colours', () => {
  const coloured = (fake: FakeOptions, colour = true): boolean => {
    const surroundings = fakeSurroundings(fake)
    const output = createOutput(surroundings, { json: false, quiet: false, verbose: false, colour })
    output.result('x', (text, { paint }) => paint.red(text))
    return surroundings.stdout.text.includes(escapeCode)
  }
  test.each<[string, FakeOptions, boolean]>([
    ['a terminal', { terminal: true }, true],
    ['a file', {}, false],
    ['a dumb terminal', { terminal: true, environment: { TERM: 'dumb' } }, false],
    ['NO_COLOR', { terminal: true, environment: { NO_COLOR: '1' } }, false],
    ['an empty NO_COLOR', { terminal: true, environment: { NO_COLOR: '' } }, true],
    ['FORCE_COLOR into a file', { environment: { FORCE_COLOR: '1' } }, true],
    ['FORCE_COLOR=0 on a terminal', { terminal: true, environment: { FORCE_COLOR: '0' } }, false],
    ['NO_COLOR against FORCE_COLOR', { environment: { NO_COLOR: '1', FORCE_COLOR: '1' } }, false],
  ])('%s', (_, fake, expected) => {
    expect(coloured(fake)).toBe(expected)
  })
  test('--no-color beats FORCE_COLOR', () => {
    expect(coloured({ environment: { FORCE_COLOR: '1' } }, false)).toBe(false)
  })
})

describe('steps and progress', () => {
  test('off a terminal a step is one line without control characters', async () => {
    const { output, stderr, stdout } = open()
    await expect(output.step('Start the chains', async () => 7)).resolves.toBe(7)
    expect(stderr.text).toMatch(/^✔ Start the chains {2}\d+ ms\n$/)
    expect(stdout.text).toBe('')
  })

  test('a step that fails says so and passes its error on', async () => {
    const { output, stderr } = open()
    await expect(output.step('Publish', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(stderr.text).toMatch(/^✖ Publish/)
  })

  test('on a terminal the spinner gives way to notes and is gone at the end', async () => {
    const { output, stderr } = open({ terminal: true })
    await output.step('Train', async () => {
      output.note('a note')
    })
    expect(stderr.text).toContain('a note\n')
    expect(stderr.text).toMatch(/✔.* Train .*\n$/s)
  })

  describe('by the clock', () => {
    const clock = jest.spyOn(performance, 'now')
    const at = (milliseconds: number): unknown => clock.mockReturnValue(milliseconds)
    beforeEach(() => {
      at(0)
    })
    afterAll(() => clock.mockRestore())

    test('off a terminal progress is a line a tenth', () => {
      const { output, stderr } = open()
      const progress = output.progress({ title: 'Training', total: 200 })
      for (let step = 1; step <= 200; step++) {
        at(1000 + 20 * step)
        progress.update(step, `loss ${(4 - step / 100).toFixed(2)}`)
      }
      progress.finish('loss 2.00')
      const lines = stderr.text.trimEnd().split('\n')
      expect(lines).toHaveLength(10)
      expect(lines[0]).toBe('Training  20/200  loss 3.80  50 steps/s  3.6 s left')
      expect(lines[9]).toBe('✔ Training  200/200  loss 2.00  50 steps/s  5.0 s')
      expect(stderr.text).not.toContain(escapeCode)
    })

    test('a rate is told once there is something to measure, from the first report on', () => {
      const { output, stderr } = open({ terminal: true, columns: 80, environment: { NO_COLOR: '1' } })
      const progress = output.progress({ title: 'Answers', total: 40, unit: 'answers' })
      const last = (): string | undefined =>
        stderr.text
          .trimEnd()
          .split(/[\n\r]/)
          .at(-1)
      at(7000)
      progress.update(4)
      expect(last()).toMatch(/Answers {2}4\/40$/)
      at(7100)
      progress.update(8)
      expect(last()).toMatch(/Answers {2}8\/40$/)
      at(9000)
      progress.update(12)
      expect(last()).toMatch(/Answers {2}12\/40 {2}4.0 answers\/s {2}7.0 s left$/)
      at(9500)
      progress.finish()
      expect(last()).toMatch(/Answers {2}12\/40 {2}3.2 answers\/s {2}9.5 s$/)
    })

    test('of what is done at once is one line without a rate', () => {
      const { output, stderr } = open()
      const progress = output.progress({ title: 'Answers', total: 4 })
      for (let done = 0; done <= 4; done++) progress.update(done)
      progress.finish()
      expect(stderr.text).toBe('✔ Answers  4/4  0 ms\n')
    })
  })

  test('on a terminal the line is drawn in place, cut to the width, and erased', () => {
    const { output, stderr } = open({ terminal: true, columns: 40, environment: { NO_COLOR: '1' } })
    const progress = output.progress({ title: 'Training', total: 10 })
    progress.update(5, 'loss 1.2')
    const erase = '\r\u001b[2K'
    expect(stderr.text).toBe(`${erase}█████░░░░░  Training  5/10  loss 1.2`)
    const narrow = open({ terminal: true, columns: 30, environment: { NO_COLOR: '1' } })
    narrow.output.progress({ title: 'Training', total: 10 }).update(5, 'loss 1.234567')
    expect(narrow.stderr.text).toBe(`${erase}Training  5/10  loss 1.234…`)
    output.note('checkpoint written')
    progress.finish()
    expect(stderr.text).toContain(`${erase}checkpoint written\n█`)
    expect(stderr.text).toContain(`${escapeCode}2KTraining  5/10 `)
  })

  test.each<[string, FakeOptions]>([
    ['CI', { terminal: true, environment: { CI: 'true', NO_COLOR: '1' } }],
    ['a dumb terminal', { terminal: true, environment: { TERM: 'dumb' } }],
  ])('%s is not animated', async (_, fake) => {
    const { output, stderr } = open(fake)
    await output.step('Train', async () => output.progress({ title: 'x', total: 10 }).update(5))
    expect(stderr.text).not.toContain(escapeCode)
  })

  test('--quiet leaves warnings and errors', async () => {
    const { output, stderr } = open({}, { quiet: true })
    output.heading('Train')
    output.note('a note')
    await output.step('Train', async () => output.progress({ title: 'x', total: 1 }).finish())
    output.warn('careful')
    expect(stderr.text).toBe('! careful\n')
  })
})
