import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { describeDryRun } from '../../src/commands/views/describeDryRun.js'
import { dryRun } from '../../src/lora/plan/dryRun.js'
import type { TrainingPlan } from '../../src/lora/plan/TrainingPlan.js'
import { train } from '../../src/lora/run/train.js'
import type { TrainingSettingsInput } from '../../src/lora/settings/settings.js'
import { printable } from '../../src/terminal/printable.js'
import { createStyle } from '../../src/terminal/Style.js'
import { temporaryFolder, writeJsonLines, writeTinyModel } from '../models/tinyModel.js'
import { fakeSurroundings } from '../terminal/fakeSurroundings.js'

const folder = temporaryFolder()
const base = join(folder, 'base')
const data = join(folder, 'records.jsonl')
const settings: TrainingSettingsInput = { rank: 2, batchSize: 2, epochs: 2, evalSplit: 0.2, maxLength: 24, seed: 1 }

beforeAll(async () => {
  await writeTinyModel(base)
  await writeJsonLines(data, [
    { instruction: 'Tide?', output: 'Low.\n\u001b[31mAhoy' },
    {
      conversations: [
        { from: 'human', value: 'Neap?' },
        { from: 'gpt', value: 'Small.' },
      ],
    },
    { prompt: 'Spring?', completion: 'A tide that is far larger than the tides of other days of the month.' },
    { text: 'Slack.' },
    { prompt: 'Ebb?', completion: 'Out.' },
  ])
})

/** The plan that a training announces, which ends there. */
async function planOf(changes: TrainingSettingsInput): Promise<TrainingPlan> {
  const stop = new AbortController()
  let plan: TrainingPlan | undefined
  const onPlan = (announced: TrainingPlan): void => {
    plan = announced
    stop.abort()
  }
  const output = join(folder, 'adapter')
  await train({ base, data, output, settings: { ...settings, ...changes }, onPlan, signal: stop.signal }).catch(() => 0)
  return plan as TrainingPlan
}

test('a dry run tells what training would do, and writes nothing', async () => {
  const before = await readdir(folder)
  const found = await dryRun({ base, data, settings })
  expect(await readdir(folder)).toEqual(before)
  expect(found.plan).toEqual(await planOf({}))
  expect(found.plan).toMatchObject({
    formats: { alpaca: 1, sharegpt: 1, 'prompt-completion': 2, text: 1 },
    records: 4,
    heldOut: 1,
    steps: 4,
    truncatedRecords: 1,
    lostEnds: 1,
    learnsToStop: true,
  })
  expect(found.base).toMatchObject({ path: base, architecture: 'llama', layers: 1 })
  expect(found.adapter).toMatchObject({ modules: 7 })
  expect(found.adapter.share).toBeCloseTo(
    found.adapter.trainableParameters / (found.adapter.trainableParameters + found.base.parameters),
  )
  const { seconds, stepSeconds, evaluationSeconds, padding, peakMemoryBytes } = found.estimate
  expect(seconds).toBeCloseTo(stepSeconds + evaluationSeconds, 9)
  expect(Math.min(stepSeconds, evaluationSeconds)).toBeGreaterThan(0)
  expect(padding).toBeGreaterThan(0)
  expect(padding).toBeLessThan(1)
  expect(peakMemoryBytes).toBeGreaterThanOrEqual(process.memoryUsage.rss() / 2)

  const first = found.samples[0]
  expect(first).toMatchObject({ line: 1, format: 'alpaca' })
  const said = (loss: boolean) => first?.tokens.flatMap((token) => (token.loss === loss ? [token.text] : [])).join('')
  expect([said(false), said(true)]).toEqual(['<s><|user|>Tide?<|assistant|>', 'Low.\n\u001b[31mAhoy</s>'])

  // Nothing in the data steers the terminal, with colours or without.
  const plain = describeDryRun(found, createStyle(fakeSurroundings({}).stdout, {}, true))
  expect(plain).toContain('<s><|user|>Tide?<|assistant|>[[Low.⏎\\u{1b}[31mAhoy</s>]]')
  expect(plain).toContain('1 record is longer than --max-length')
  const coloured = describeDryRun(found, createStyle(fakeSurroundings({ terminal: true }).stdout, {}, true))
  expect(printable(coloured)).toContain('\u001b[32mLow.⏎\\u{1b}[31mAhoy</s>\u001b[39m')
})

test('packed rows are planned and trained as such; the manifest says so', async () => {
  const packing = { ...settings, maxLength: 48, packing: true, evalSplit: 0 }
  const plan = await planOf(packing)
  expect(plan).toMatchObject({ records: 5, packing: { length: 48 } })
  expect(plan.packing?.rows).toBeLessThan(5)
  const { manifest, result } = await train({ base, data, output: join(folder, 'packed'), settings: packing })
  expect(result.history).toHaveLength(plan.steps)
  expect(manifest).toMatchObject({ settings: { packing: true }, data: { trained: 5, formats: plan.formats } })
})

test('a model without an end token is reported', async () => {
  expect((await planOf({ lossOn: 'assistant', maxLength: 10 })).learnsToStop).toBe(false)
})
