import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { parseTrainingSettings } from '../../src/lora/settings/settings.js'
import { BatchOrder, groupByLength } from '../../src/lora/step/BatchOrder.js'
import { Random } from '../../src/models/random.js'

interface Group {
  readonly size: number
  readonly lengths: readonly number[]
  readonly order: readonly number[]
  readonly grouped: readonly number[]
}

const groups = JSON.parse(readFileSync('test/fixtures/training/groups.json', 'utf8')) as Group[]

test.each(groups)('grouped by length as transformers groups them, in batches of $size', (each) => {
  expect(groupByLength(each.order, each.lengths, each.size)).toEqual(each.grouped)
})

describe('an order by length', () => {
  const lengths = Array.from({ length: 500 }, (_, i) => 1 + ((i * 7919) % 97))
  const settings = parseTrainingSettings({ batchSize: 2, gradientAccumulation: 2, groupByLength: true })
  const draw = (order: BatchOrder, steps: number): number[][] =>
    Array.from({ length: steps }, () => [...order.next().indices])
  /** Places for tokens over tokens, in batches padded to their longest. */
  const padded = (batches: readonly (readonly number[])[]): number => {
    const of = (i: number): number => lengths[i] as number
    const places = batches.reduce((sum, batch) => sum + batch.length * Math.max(...batch.map(of)), 0)
    return places / batches.flat().reduce((sum, i) => sum + of(i), 0)
  }

  test('takes each example once in an epoch, in another order in each', () => {
    const order = new BatchOrder(lengths, settings, new Random(1))
    const epochs = [draw(order, 125).flat(), draw(order, 125).flat()] as const
    for (const epoch of epochs) expect([...epoch].sort((a, b) => a - b)).toEqual([...lengths.keys()])
    expect(epochs[0]).not.toEqual(epochs[1])
  })

  test('pads far less than one at random', () => {
    const batches = (groupByLength: boolean) =>
      draw(new BatchOrder(lengths, { ...settings, groupByLength }, new Random(1)), 125)
    expect(padded(batches(false))).toBeGreaterThan(1.4)
    expect(padded(batches(true))).toBeLessThan(1.1)
  })

  test('resumes from a position with the same batches', () => {
    const whole = new BatchOrder(lengths, settings, new Random(2))
    draw(whole, 140)
    const resumed = new BatchOrder(lengths, settings, structuredClone(whole.position))
    expect(draw(resumed, 300)).toEqual(draw(whole, 300))
  })
})
