import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type BaseModel, openBaseModel } from '../../src/models/base/BaseModel.js'
import { collate, shapeFor } from '../../src/models/data/batch.js'
import { type Example, encodeRecord } from '../../src/models/data/example.js'
import { Evaluator } from '../../src/models/run/evaluate.js'
import { temporaryFolder, writeTinyModel } from './tinyModel.js'

const example = (ids: readonly number[], labelled: readonly number[]): Example => ({
  ids,
  labelled: Uint8Array.from(labelled),
  truncated: 0,
  lostEnd: false,
})
const temporary = temporaryFolder()
const two = [example([1, 7, 8, 9], [0, 0, 1, 1]), example([1, 5], [0, 1])]

describe('collate', () => {
  test('a row for each labelled token: the position before it, its id, its weight', () => {
    const { feeds, owner } = collate(two, { batch: 3, length: 4, labels: 5 }, (index) => 10 + index)
    expect(feeds).toEqual({
      ids: Int32Array.of(1, 7, 8, 9, 1, 5, 0, 0, 0, 0, 0, 0),
      positions: Int32Array.of(1, 2, 4, 0, 0),
      targets: Int32Array.of(8, 9, 5, 0, 0),
      weights: Float32Array.of(10, 10, 11, 0, 0),
    })
    expect([...owner]).toEqual([0, 0, 1, -1, -1])
  })

  test.each([
    [two, 2, 64, { batch: 2, length: 16, labels: 8 }],
    [[example(Array(17).fill(3), Array(17).fill(0))], 1, 64, { batch: 1, length: 32, labels: 8 }],
    [[example(Array(60).fill(3), [0, ...Array(59).fill(1)])], 1, 60, { batch: 1, length: 60, labels: 60 }],
    [[], 4, 64, { batch: 4, length: 16, labels: 16 }],
  ])('the shape holds what it is made for, case %#', (examples, batch, maximum, shape) => {
    expect(shapeFor(examples as Example[], batch, maximum)).toEqual(shape)
  })
})

describe('losses', () => {
  let base: BaseModel
  let examples: Example[]
  beforeAll(async () => {
    base = await openBaseModel(await writeTinyModel(join(temporary, 'base')))
    examples = ['Low water.', 'High water comes six hours later than low water.', 'Slack.'].map((completion) =>
      encodeRecord(base, { prompt: 'Tide?', completion }),
    )
  })

  test('of an example do not depend on its company or its place', async () => {
    const evaluator = new Evaluator(base, undefined)
    const together = await evaluator.evaluate([...examples, ...examples, ...examples, ...examples])
    for (const [i, each] of examples.entries()) {
      const alone = await evaluator.evaluate([each])
      for (const copy of [i, i + 3, i + 9]) expect(together.records[copy]?.loss).toBeCloseTo(alone.loss, 5)
    }
    const tokens = together.records.reduce((sum, record) => sum + record.tokens, 0)
    const mean = together.records.reduce((sum, { loss, tokens: n }) => sum + loss * n, 0) / tokens
    expect(together.tokens).toBe(tokens)
    expect(together.loss).toBeCloseTo(mean, 9)
    await evaluator.dispose()
  })
})
