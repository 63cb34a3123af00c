import { describe, expect, test } from '@jest/globals'
import { parseTrainingSettings } from '../../src/lora/settings.js'

test('nothing given: the defaults, every one valid', () => {
  const settings = parseTrainingSettings({})
  expect(settings).toMatchObject({ rank: 8, alpha: 16, learningRate: 2e-4, seed: 0, lossOn: 'completion' })
  expect(parseTrainingSettings(settings)).toEqual(settings)
})

describe('an error names the flag and the value', () => {
  test.each<[string, string, unknown]>([
    ['rank', 'rank', 0],
    ['rank', 'rank', 1025],
    ['rank', 'rank', 2.5],
    ['alpha', 'alpha', -1],
    ['epochs', 'epochs', 0],
    ['batchSize', 'batch-size', 0],
    ['gradientAccumulation', 'gradient-accumulation', -2],
    ['learningRate', 'learning-rate', 0],
    ['learningRate', 'learning-rate', Number.NaN],
    ['learningRate', 'learning-rate', Number.POSITIVE_INFINITY],
    ['lrScheduler', 'lr-scheduler', 'polynomial'],
    ['maxGradNorm', 'max-grad-norm', 0],
    ['maxLength', 'max-length', 0],
    ['evalSplit', 'eval-split', 1],
    ['lossOn', 'loss-on', 'prompt'],
    ['dropout', 'dropout', 1],
    ['layers', 'layers', [-1]],
    ['earlyStopping', 'early-stopping', 0],
    ['seed', 'seed', 2 ** 32],
    ['targetModules', 'target-modules', []],
  ])('%s', (field, setting, value) => {
    expect(() => parseTrainingSettings({ [field]: value })).toThrow(
      expect.objectContaining({
        code: 'OL1400',
        exitCode: 2,
        details: expect.objectContaining({ setting, value: JSON.stringify(value) }),
        hint: expect.stringContaining(`--${setting}`),
      }),
    )
  })

  test('a setting that does not exist', () => {
    expect(() => parseTrainingSettings({ drop: 0.1 } as never)).toThrow(
      expect.objectContaining({ code: 'OL1400', message: expect.stringContaining('The setting drop is 0.1') }),
    )
  })
})
