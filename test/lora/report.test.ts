import { describe, expect, test } from '@jest/globals'
import type { TrainingManifest } from '../../src/lora/plan/manifest.js'
import { html } from '../../src/lora/report/markup.js'
import { plot } from '../../src/lora/report/plot.js'
import { type TrainingReport, trainingReport } from '../../src/lora/report/trainingReport.js'
import { parseTrainingSettings } from '../../src/lora/settings/settings.js'
import type { Metrics } from '../../src/lora/step/MetricsLog.js'

const hash = `0x${'ab'.repeat(32)}` as const

const manifest: TrainingManifest = {
  manifestVersion: 1,
  engine: { name: 'openledger', version: '1.2.3', onnxRuntime: '1.30.0', device: 'cpu' },
  base: { path: '/models/smol', hash },
  data: { path: '../records.jsonl', sha256: hash, trained: 12, heldOut: 3, dropped: 0 },
  settings: parseTrainingSettings({ rank: 4 }),
  steps: 4,
  tokens: 1234,
  evalLoss: { before: 3, after: 1.5 },
  adapterHash: hash,
}
const plan = { formats: { 'prompt-completion': 15 }, truncatedRecords: 0, truncatedTokens: 0 }
const metrics: Metrics[] = [
  { step: 0, epoch: 0, evalLoss: 3, seconds: 0, memoryBytes: 3e8 },
  ...[1, 2, 3, 4].map((step) => ({
    step,
    epoch: 1,
    loss: 4 / step,
    learningRate: 1e-3 / step,
    gradientNorm: 0.5,
    tokens: 300 * step,
    tokensPerSecond: 600,
    seconds: step / 2,
    memoryBytes: 4e8,
  })),
  { step: 4, epoch: 1, evalLoss: 1.5, seconds: 2, memoryBytes: 4e8 },
]
const report = (changes: Partial<TrainingReport> = {}): string =>
  trainingReport({
    title: 'v1',
    manifest,
    metrics,
    held: [1, 2, 3].map((number) => ({
      number,
      prompt: `question ${number}`,
      answer: `answer ${number}`,
      tokens: 7,
      before: 3,
      after: number,
    })),
    plan,
    parameters: 9000,
    machine: { processor: 'A processor', cores: 2, memoryBytes: 16e9, system: 'Linux', node: '20.20.0' },
    finished: new Date(0),
    ...changes,
  })

const hostile = `</td><script>alert('x')</script><img src=x onerror="alert(1)">&lt;\u0000\u001b[31m`

describe('the report of a training', () => {
  test('says what came out, of what, with what and where', () => {
    const page = report()
    for (const fact of ['3.000 → 1.500', '50.0 % lower', '1.23K', '9K', '400 MB', '/models/smol', hash, 'A processor'])
      expect(page).toContain(fact)
    expect(page).toMatch(/<th scope="row">rank<\/th><td>4<\/td>/)
    expect(page).toMatch(/<th scope="row">learning-rate<\/th><td>0.0002<\/td>/)
  })

  test('loads nothing, runs nothing, and says so to the browser', () => {
    const page = report()
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:/)
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
  })

  test('keeps hostile texts texts, wherever they come from', () => {
    const page = report({
      title: hostile,
      held: [{ number: 1, prompt: hostile, answer: hostile, tokens: 1, before: 1, after: 1 }],
      manifest: {
        ...manifest,
        base: { path: hostile, hash },
        data: { ...manifest.data, path: hostile },
        settings: { ...manifest.settings, targetModules: hostile },
        datanet: { name: hostile, identity: hash, version: 1, root: hash },
      },
      machine: { processor: hostile, cores: 1, memoryBytes: 1, system: hostile, node: hostile },
    })
    for (const text of ['<script', '<img', 'onerror="', '\u0000', '\u001b']) expect(page).not.toContain(text)
    expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(9)
    // What follows the texts is still there.
    expect(page.trimEnd().endsWith('</html>')).toBe(true)
    expect(page.match(/<td/g)?.length).toBe(page.match(/<\/td>/g)?.length)
  })

  test('ranks held-out records, worst first', () => {
    const page = report()
    expect(page.indexOf('question 3')).toBeLessThan(page.indexOf('question 1'))
    expect(page).toMatch(/3\.00 → <span class="better">2\.00/)
    const many = Array.from({ length: 30 }, (_, i) => ({
      number: i + 1,
      prompt: `question ${i + 1}.`,
      answer: '',
      tokens: 1,
      before: undefined,
      after: i,
    }))
    const long = report({ held: many })
    for (const place of [30, 26, 5, 1]) expect(long).toContain(`question ${place}.`)
    for (const place of [25, 6]) expect(long).not.toContain(`question ${place}.`)
  })

  test('warns of what went wrong', () => {
    expect(report({ plan: { ...plan, truncatedTokens: 99 } })).toContain('99 tokens were beyond the maximum length')
    expect(report({ manifest: { ...manifest, evalLoss: { before: 1, after: 2 } } })).toContain('The held-out loss rose')
  })

  test('does without held-out records', () => {
    const page = report({
      manifest: { ...manifest, evalLoss: null },
      held: [],
      metrics: metrics.filter((m) => 'loss' in m),
    })
    expect(page).toContain('4.000 → 1.000')
    expect(page).not.toMatch(/NaN|undefined|Infinity|Held-out records</)
  })

  test('of a single step has no number that is none', () => {
    expect(report({ metrics: metrics.slice(0, 2) })).not.toMatch(/NaN|undefined|Infinity/)
  })
})

describe('a plot', () => {
  const drawn = (points: readonly (readonly [number, number])[]) =>
    plot({ title: 'Loss', format: String, series: [{ name: 'a', look: 'strong', points }] }).text

  test('spans its axes: the first point on the left, the highest at the top', () => {
    expect(
      drawn([
        [0, 0],
        [10, 1],
      ]),
    ).toContain('points="0.0,400.0 1000.0,0.0"')
  })

  test('of very many points keeps the peaks', () => {
    const page = drawn(Array.from({ length: 100_000 }, (_, i) => [i, i === 31_415 ? 1 : 0]))
    expect(page.length).toBeLessThan(20_000)
    expect(page).toContain(',0.0 ')
  })

  test('leaves out what is no number', () => {
    expect(
      drawn([
        [0, 0],
        [5, Number.NaN],
        [10, 1],
      ]),
    ).toContain('points="0.0,400.0 1000.0,0.0"')
  })
})

test('markup in markup is not escaped twice', () => {
  expect(html`<p>${[html`<b>${'<'}</b>`, undefined, 1]}</p>`.text).toBe('<p><b>&lt;</b>1</p>')
})
