import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { GradientPrograms } from '../../src/lora/step/GradientPrograms.js'
import { labelCount } from '../../src/models/data/batch.js'
import { Random } from '../../src/models/random.js'
import { openReference, relativeError } from '../fixtures/reference/reference.js'

interface Found {
  readonly loss: number
  readonly norms: Readonly<Record<string, number>>
}

const { alpha, models } = JSON.parse(readFileSync('test/fixtures/training/neftune.json', 'utf8')) as {
  readonly alpha: number
  readonly models: Readonly<Record<string, Found>>
}

/** The uniform numbers of make_training.py. */
function fillKnown(into: Float32Array, bound: number): void {
  for (let i = 0; i < into.length; i++) into[i] = ((((i + 1) * 0.6180339887498949) % 1) * 2 - 1) * bound
}
const none = () => expect('dropout').toBe('none')

describe.each(Object.entries(models))('%s', (name, { loss, norms }) => {
  test('loss and gradients with the noise of transformers', async () => {
    const { network, adapter, examples } = await openReference(name)
    const tokens = examples.reduce((sum, example) => sum + labelCount(example), 0)
    const longest = Math.max(...examples.map(({ ids }) => ids.length))
    const shape = { batch: examples.length, length: longest, labels: tokens }
    const random = { fillDropout: none, fillSymmetric: fillKnown }
    const programs = new GradientPrograms(network, adapter.layout, { random, noise: alpha })
    const into = new Float32Array(adapter.layout.size)
    const found = await programs.accumulate(examples, shape, adapter.values, 1 / tokens, into)
    await programs.dispose()
    expect(found).toBeCloseTo(loss, 4)
    const ours = adapter.layout.parameters.map(({ offset, size }) =>
      Math.hypot(...into.subarray(offset, offset + size)),
    )
    const theirs = adapter.layout.parameters.map((parameter) => norms[parameter.name] as number)
    expect(relativeError(ours, theirs)).toBeLessThan(1e-4)
  })
})

test('the size of the noise is that of the longest example, whatever shape the batch runs at', async () => {
  const { network, adapter, examples } = await openReference('llama')
  const longest = Math.max(...examples.map(({ ids }) => ids.length))
  const bounds: number[] = []
  const random = { fillDropout: none, fillSymmetric: (_: Float32Array, bound: number) => void bounds.push(bound) }
  const programs = new GradientPrograms(network, adapter.layout, { random, noise: 5 })
  const into = new Float32Array(adapter.layout.size)
  for (const length of [longest, 64])
    await programs.accumulate(examples, { batch: 3, length, labels: 60 }, adapter.values, 1, into)
  await programs.dispose()
  const bound = 5 / Math.sqrt(longest * network.config.hiddenSize)
  expect(bounds).toEqual([bound, bound])
})

test('the numbers drawn are uniform within the bound', () => {
  const drawn = new Float32Array(100_000)
  new Random(3).fillSymmetric(drawn, 0.5)
  expect(Math.max(...drawn.subarray(0, 50_000))).toBeLessThan(0.5)
  expect(Math.min(...drawn.subarray(0, 50_000))).toBeGreaterThanOrEqual(-0.5)
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length
  const square = drawn.reduce((sum, value) => sum + value * value, 0) / drawn.length
  // Standard errors: 0.5 / sqrt(3 * 100,000), and about as much for the square, 0.25 / 3.
  expect(Math.abs(mean)).toBeLessThan(0.005)
  expect(Math.abs(square - 0.25 / 3)).toBeLessThan(0.002)
})
