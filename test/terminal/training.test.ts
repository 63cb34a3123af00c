import { describe, expect, test } from '@jest/globals'
import { OpenLedgerError } from '../../src/errors/OpenLedgerError.js'
import { createOutput } from '../../src/terminal/createOutput.js'
import { textWidth } from '../../src/terminal/textWidth.js'
import { type FakeOptions, fakeSurroundings } from './fakeSurroundings.js'

// Ink looks, when it is loaded, whether it draws into the log of a CI.
for (const name of ['CI', 'CONTINUOUS_INTEGRATION']) delete process.env[name]

const start = { title: 'Train adapters/v1', steps: 100, device: 'cpu' }
const facts = (step: number) => ({
  step,
  epoch: 1 + Math.floor(step / 50),
  loss: 4 / step,
  meanLoss: 4 / step,
  learningRate: 2e-4,
  gradientNorm: 0.75,
  tokens: 1000 * step,
  seconds: step / 2,
  memoryBytes: 412e6,
})

async function train(
  fake: FakeOptions,
  asked: { quiet?: boolean; live?: boolean; steps?: number; end?: 'finish' | 'error' } = {},
) {
  const surroundings = fakeSurroundings(fake)
  const output = createOutput(surroundings, { json: false, quiet: asked.quiet ?? false, verbose: false, colour: true })
  const display = (await output.training({ live: asked.live ?? true }))(start)
  display.evaluation(0, 4.5)
  for (let step = 1; step <= (asked.steps ?? 100); step++) display.step(facts(step))
  return { display, output, stderr: surroundings.stderr, stdout: surroundings.stdout }
}

const escapeCode = '\u001b['
const escapeCodes = new RegExp(`${escapeCode.replace('[', '\\[')}[?0-9;]*[A-Za-z]`, 'g')

/** The lines of the last frame that Ink drew: behind the last time it went back to the first column. */
function lastFrame(text: string): string[] {
  const frame = text.split(`${escapeCode}G`).findLast((part) => part.includes('Train')) ?? ''
  return frame.replace(escapeCodes, '').trimEnd().split('\n')
}

describe('on a terminal', () => {
  test.each([
    [80, 24],
    [40, 20],
    [200, 50],
    [30, 8],
  ])('of %i columns and %i rows the view stays within it', async (columns, rows) => {
    const { display, stderr } = await train({ terminal: true, columns, rows })
    display.finish()
    const lines = lastFrame(stderr.text)
    expect(lines.length).toBeLessThan(rows)
    for (const line of lines) expect(textWidth(line)).toBeLessThan(columns)
    const text = lines.join('\n')
    for (const fact of ['Train adapters/v1', 'epoch 3  cpu', '100/100', 'done in', 'loss 0.040'])
      expect(text).toContain(fact)
  })

  test('it shows every number and both curves', async () => {
    const { display, stderr } = await train({ terminal: true, columns: 100, rows: 30 })
    display.evaluation(100, 1.25)
    display.finish()
    const text = lastFrame(stderr.text).join('\n')
    for (const fact of [
      'held-out 4.50 → 1.25',
      '2,000 tokens/s',
      'learning rate 2.0e-4',
      'gradient norm 0.750',
      'memory 412 MB',
    ])
      expect(text).toContain(fact)
    expect(text).toMatch(/ 4\.\d+ ┤.*[\u2801-\u28ff]/)
    expect(text).toContain('step 100')
  })

  test('notes stand above it, and an error takes it away without losing the last frame', async () => {
    const { output, stderr } = await train({ terminal: true, columns: 80, rows: 24 }, { steps: 10 })
    output.note('Stopping; press Ctrl-C again to end at once.')
    expect(lastFrame(stderr.text).join('\n')).toContain('10/100')
    output.error(new OpenLedgerError('OL1009', { question: 'More' }))
    expect(lastFrame(stderr.text).join('\n')).toMatch(/10\/100.*stopped/)
    // The cursor is back.
    expect(stderr.text.lastIndexOf(`${escapeCode}?25h`)).toBeGreaterThan(stderr.text.lastIndexOf(`${escapeCode}?25l`))
  })
})

describe('a few plain lines and no view', () => {
  test.each<[string, FakeOptions, { live?: boolean }]>([
    ['off a terminal', {}, {}],
    ['in CI', { terminal: true, environment: { CI: 'true' } }, {}],
    ['without colours', { terminal: true, environment: { NO_COLOR: '1' } }, {}],
    ['on a terminal with no room', { terminal: true, rows: 6 }, {}],
    ['where one line is enough', { terminal: true }, { live: false }],
  ])('%s', async (_, fake, asked) => {
    const { display, stderr } = await train(fake, asked)
    display.finish()
    expect(stderr.text).toMatch(/✔.* Train {2}100\/100 {2}loss 0\.040/)
    expect(stderr.text).not.toContain('┤')
  })

  test('with held-out losses on the way', async () => {
    const { display, stderr } = await train({}, { steps: 50 })
    display.evaluation(50, 1.5)
    expect(stderr.text).toBe('Held-out loss after step 50: 1.5000\n')
  })

  test('and nothing at all when quiet', async () => {
    const { display, stderr } = await train({ terminal: true }, { quiet: true })
    display.finish()
    expect(stderr.text).toBe('')
  })
})
