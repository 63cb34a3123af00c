import { beforeAll, describe, expect, test } from '@jest/globals'
import { GradientPrograms } from '../../src/lora/step/GradientPrograms.js'
import { type AdapterLayout, adapterLayout } from '../../src/models/adapter/adapterLayout.js'
import { type BaseModel, openBaseModel } from '../../src/models/base/BaseModel.js'
import { collate, labelCount, shapeFor } from '../../src/models/data/batch.js'
import { type Example, encodeRecord } from '../../src/models/data/example.js'
import { packExamples, packedLength } from '../../src/models/data/packing.js'
import { Random } from '../../src/models/random.js'
import { relativeError } from '../fixtures/reference/reference.js'
import { temporaryFolder, writeTinyModel } from './tinyModel.js'

const folder = temporaryFolder()

const of = (length: number, first = 0): Example => ({
  ids: Array.from({ length }, (_, t) => first + t),
  labelled: Uint8Array.from({ length }, (_, t) => (t > 0 ? 1 : 0)),
  truncated: 0,
  lostEnd: false,
})
const lengthsOf = (rows: readonly Example[]) => rows.map(({ documents }) => documents)

describe('best-fit decreasing', () => {
  test.each([
    [
      [6, 5, 4, 3, 2],
      10,
      [
        [6, 4],
        [5, 3, 2],
      ],
    ],
    [
      [2, 3, 4, 5, 6],
      10,
      [
        [2, 3, 5],
        [4, 6],
      ],
    ],
    // The fullest row that has room, not the first.
    [
      [7, 8, 2, 3],
      10,
      [
        [7, 3],
        [8, 2],
      ],
    ],
    [[10, 10, 1], 10, [[10], [10], [1]]],
    [[], 10, []],
  ])('%j into rows of %i', (lengths, capacity, rows) => {
    expect(
      lengthsOf(
        packExamples(
          lengths.map((length) => of(length)),
          capacity,
        ),
      ),
    ).toEqual(rows)
  })

  test('keeps every token of a thousand examples and leaves little room', () => {
    const random = new Random(3)
    const examples = Array.from({ length: 1000 }, (_, i) => of(2 + Math.floor(random.uniform() ** 2 * 200), i * 1000))
    const rows = packExamples(examples, 256)
    const tokens = examples.reduce((sum, { ids }) => sum + ids.length, 0)
    expect(rows.flatMap(({ ids }) => ids).sort((a, b) => a - b)).toEqual(examples.flatMap(({ ids }) => ids))
    expect(Math.max(...rows.map(({ ids }) => ids.length))).toBeLessThanOrEqual(256)
    expect(1 - tokens / (rows.length * 256)).toBeLessThan(0.02)
  })
})

test.each([
  [[of(20), of(700)], undefined, 2048, 700],
  [[of(20), of(30)], undefined, 2048, 512],
  [[of(20), of(30)], undefined, 128, 128],
  [[of(20), of(30)], 64, 2048, 64],
])('rows are as long as the settings say, or as is usual, case %#', (examples, maxLength, limit, length) => {
  expect(packedLength(examples, maxLength, limit)).toBe(length)
})

test('positions begin at 0 in every example, and padding belongs to none', () => {
  const [row] = packExamples([of(3), of(2, 7)], 8) as [Example]
  const shape = shapeFor([row], 1, 8)
  expect(shape).toEqual({ batch: 1, length: 8, labels: 4, packed: true })
  expect(collate([row], shape, () => 1).feeds).toEqual({
    ids: Int32Array.of(0, 1, 2, 7, 8, 0, 0, 0),
    positions: Int32Array.of(0, 1, 3, 0),
    targets: Int32Array.of(1, 2, 8, 0),
    weights: Float32Array.of(1, 1, 1, 0),
    tokenPositions: Int32Array.of(0, 1, 2, 0, 1, 0, 0, 0),
    segments: Float32Array.of(0, 0, 0, 1, 1, -1, -1, -1),
  })
})

describe('loss and gradient of packed rows', () => {
  let base: BaseModel
  let layout: AdapterLayout
  let examples: Example[]
  beforeAll(async () => {
    base = await openBaseModel(await writeTinyModel(folder, { config: { num_hidden_layers: 2 } }))
    layout = adapterLayout(base, { rank: 2, alpha: 4, targetModules: 'all-linear' })
    examples = ['Low.', 'High water comes six hours later.', 'Slack water.', 'It turns.'].map((completion) =>
      encodeRecord(base, { prompt: 'Tide?', completion }),
    )
  })

  test('are those of the examples by themselves, and not of the same tokens in one text', async () => {
    const random = new Random(5)
    const values = Float32Array.from({ length: layout.size }, () => (random.uniform() - 0.5) * 0.4)
    const weight = 1 / examples.reduce((sum, example) => sum + labelCount(example), 0)
    const programs = new GradientPrograms(base, layout)
    const measure = async (rows: readonly Example[]) => {
      const gradient = new Float32Array(layout.size)
      const loss = await programs.accumulate(rows, shapeFor(rows, rows.length, 64), values, weight, gradient)
      return { loss, gradient }
    }
    const alone = await measure(examples)
    const rows = packExamples(examples, 64)
    expect(rows.length).toBeLessThan(examples.length)
    const packed = await measure(rows)
    expect(packed.loss).toBeCloseTo(alone.loss, 5)
    expect(relativeError(packed.gradient, alone.gradient)).toBeLessThan(1e-5)
    const joined = await measure(rows.map(({ documents: _, ...row }) => row))
    expect(relativeError(joined.gradient, alone.gradient)).toBeGreaterThan(1e-2)
    await programs.dispose()
  })
})
