import { describe, expect, test } from '@jest/globals'
import { describeStretches, meanTrainingLoss } from '../../src/lora/step/meanTrainingLoss.js'

/** Steps with these losses, so many in an epoch. */
const history = (losses: readonly number[], perEpoch: number) =>
  losses.map((loss, i) => ({ step: i + 1, epoch: Math.floor(i / perEpoch) + 1, loss }))

describe('the loss at the two ends of a training', () => {
  test('is the mean of whole epochs, whatever the single batches are', () => {
    // The first batch is easier than the last, and yet every record is learned.
    const mean = meanTrainingLoss(history([0.8, 2.4, 2.8, 1, 1.4, 1.8, 0.4, 1.2, 1.4], 3))
    expect(mean).toEqual({
      over: 'epoch',
      first: { fromStep: 1, toStep: 3, loss: expect.closeTo(2, 10) },
      last: { fromStep: 7, toStep: 9, loss: expect.closeTo(1, 10) },
    })
    expect(describeStretches(mean)).toBe('mean of the first and of the last whole epoch')
  })

  test('leaves out an epoch that was not finished', () => {
    expect(meanTrainingLoss(history([4, 2, 3, 1, 100], 2)).last).toEqual({ fromStep: 3, toStep: 4, loss: 2 })
  })

  test('is that of a tenth of the steps where there were no two epochs', () => {
    const losses = Array.from({ length: 25 }, (_, i) => 25 - i)
    const mean = meanTrainingLoss(history(losses, 20))
    expect(mean).toEqual({
      over: 'tenth',
      first: { fromStep: 1, toStep: 3, loss: 24 },
      last: { fromStep: 23, toStep: 25, loss: 2 },
    })
    expect(describeStretches(mean)).toBe('mean of steps 1 to 3 and 23 to 25')
  })

  test('says that few steps are single batches', () => {
    expect(describeStretches(meanTrainingLoss(history([2, 1], 9)))).toBe('steps 1 and 2, a batch each')
    expect(meanTrainingLoss(history([2], 9))).toMatchObject({ first: { loss: 2 }, last: { loss: 2 } })
  })
})
