import { describe, expect, test } from '@jest/globals'
import { type BatchShape, shapeKey } from '../../src/models/data/batch.js'
import { chooseShapes, type ShapeCount } from '../../src/models/data/chooseShapes.js'
import { openReference } from '../fixtures/reference/reference.js'

const { network: small } = await openReference('llama')
/** As many and as wide layers as in a model for which a run takes a second. */
const large = { ...small, config: { ...small.config, layers: 24, hiddenSize: 2048, vocabSize: 128_000 } }

const counted = (shapes: readonly (readonly [length: number, labels: number, count: number])[]): ShapeCount[] =>
  shapes.map(([length, labels, count]) => ({ shape: { batch: 4, length, labels }, count }))

const distinct = (counts: readonly ShapeCount[], shapeToRun: (shape: BatchShape) => BatchShape): string[] => [
  ...new Set(counts.map(({ shape }) => shapeKey(shapeToRun(shape)))),
]

describe('fewer shapes', () => {
  const many = counted(Array.from({ length: 30 }, (_, i) => [16 * (i + 1), 32 * (i + 1), 1 + (i % 3)] as const))

  test.each([1, 2] as const)('every batch runs at a shape that holds it, with %i passes', (passes) => {
    for (const network of [small, large]) {
      const shapeToRun = chooseShapes({ network, passes }, many)
      for (const { shape } of many) {
        const { batch, length, labels } = shapeToRun(shape)
        expect({ batch, holds: length >= shape.length && labels >= shape.labels }).toEqual({ batch: 4, holds: true })
      }
    }
  })

  test('where loading is dear, few are left; where running is, those that run often', () => {
    expect(distinct(many, chooseShapes({ network: small, passes: 2 }, many)).length).toBeLessThan(4)
    const often = many.map(({ shape }) => ({ shape, count: 1000 }))
    expect(distinct(often, chooseShapes({ network: large, passes: 2 }, often))).toHaveLength(30)
  })

  test('a shape that comes often is not made larger for one that comes once', () => {
    const counts = counted([
      [128, 256, 500],
      [144, 256, 1],
      [512, 2048, 1],
    ])
    const shapeToRun = chooseShapes({ network: large, passes: 2 }, counts)
    expect(shapeKey(shapeToRun({ batch: 4, length: 128, labels: 256 }))).toBe('4x128/256')
    expect(shapeKey(shapeToRun({ batch: 4, length: 144, labels: 256 }))).not.toBe('4x128/256')
  })

  test('one that was not counted runs at the smallest that holds it, or at its own', () => {
    const shapeToRun = chooseShapes(
      { network: large, passes: 2 },
      counted([
        [128, 256, 500],
        [256, 512, 500],
      ]),
    )
    expect(shapeKey(shapeToRun({ batch: 4, length: 112, labels: 256 }))).toBe('4x128/256')
    expect(shapeKey(shapeToRun({ batch: 4, length: 112, labels: 512 }))).toBe('4x256/512')
    expect(shapeKey(shapeToRun({ batch: 4, length: 512, labels: 512 }))).toBe('4x512/512')
    expect(shapeKey(shapeToRun({ batch: 4, length: 112, labels: 256, packed: true }))).toBe('4x112/256 packed')
    expect(shapeKey(shapeToRun({ batch: 2, length: 112, labels: 256 }))).toBe('2x112/256')
  })

  test('the order of counting decides nothing', () => {
    const [forwards, backwards] = [many, [...many].reverse()].map((counts) =>
      chooseShapes({ network: large, passes: 1 }, counts),
    ) as [(shape: BatchShape) => BatchShape, (shape: BatchShape) => BatchShape]
    for (const { shape } of many) expect(forwards(shape)).toEqual(backwards(shape))
  })
})
