import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { MetricsLog, type StepMetrics } from '../../src/lora/step/MetricsLog.js'
import { temporaryFolder } from '../models/tinyModel.js'

const folder = temporaryFolder()
const line = (step: number): StepMetrics => ({
  step,
  epoch: 1,
  loss: 2 / step,
  learningRate: 1e-3,
  gradientNorm: 0.5,
  tokens: 10 * step,
  tokensPerSecond: 100,
  seconds: step / 10,
  memoryBytes: 1e8,
})
const stepsIn = (path: string): number[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text).step)

/** A log of five steps, left as a killed process leaves it. */
function killedAfterFive(name: string, rest: string): string {
  const path = join(folder, name)
  const log = MetricsLog.open(path)
  log.append({ step: 0, epoch: 0, evalLoss: 3, seconds: 0, memoryBytes: 1e8 })
  for (const step of [1, 2, 3, 4, 5]) log.append(line(step))
  log.close()
  appendFileSync(path, rest)
  return path
}

describe('metrics.jsonl is continued', () => {
  test.each([
    ['behind a whole line', ''],
    ['behind a line that was cut off', '{"step":6,"epo'],
    ['behind what a power cut left', '\0\0\0\0\n\0'],
  ])('%s, each step told once', (_, rest) => {
    const path = killedAfterFive('killed.jsonl', rest)
    const log = MetricsLog.open(path, 3)
    expect(log.lines.map(({ step }) => step)).toEqual([0, 1, 2, 3])
    log.append(line(4))
    log.close()
    expect(stepsIn(path)).toEqual([0, 1, 2, 3, 4])
  })

  test('only when that is asked for', () => {
    const path = killedAfterFive('again.jsonl', '')
    const log = MetricsLog.open(path)
    log.append(line(1))
    log.close()
    expect(stepsIn(path)).toEqual([1])
  })
})

test('a file that cannot be written is an error that names it', () => {
  const path = join(folder, 'nowhere', 'metrics.jsonl')
  expect(() => MetricsLog.open(path)).toThrow(
    expect.objectContaining({ code: 'OL1901', details: { path, reason: 'no such file or folder' } }),
  )
})
