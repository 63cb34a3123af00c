import { describe, expect, test } from '@jest/globals'
import { commandTable } from '../../src/cli/commandTable.js'
import {
  parseTrainingSettings,
  type TrainingSettingsInput,
  trainingSettings,
} from '../../src/lora/settings/settings.js'
import { type NumberRange, settingValues } from '../../src/lora/settings/settingValues.js'

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
    ['maxGradNorm', 'max-grad-norm', -1],
    ['optimizer', 'optimizer', 'rmsprop'],
    ['loraplusLrRatio', 'loraplus-lr-ratio', 0],
    ['neftuneNoiseAlpha', 'neftune-noise-alpha', -5],
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

  test('all of them at once, where there are several', () => {
    expect(() => parseTrainingSettings({ rank: 0, epochs: -1, lossOn: 'prompt' as never, drop: 1 } as never)).toThrow(
      expect.objectContaining({
        code: 'OL1429',
        details: expect.objectContaining({
          count: 4,
          problems: expect.stringMatching(
            /--rank is 0: .*; --epochs is -1: .*; --loss-on is "prompt": .*; --drop is 1: /,
          ),
        }),
      }),
    )
  })

  test.each<[TrainingSettingsInput, string]>([
    [{ momentum: 0.9 }, 'momentum'],
    [{ optimizer: 'sgd', adamBeta2: 0.99 }, 'adam-beta2'],
    [{ optimizer: 'lion', adamEpsilon: 1e-6 }, 'adam-epsilon'],
    [{ groupByLength: true, shuffle: false }, 'group-by-length'],
    [{ layersPattern: ['layers'] }, 'layers-pattern'],
    [{ useDora: true, compute: 'int8' }, 'compute'],
    [{ quantize: 'int4', compute: 'int8' }, 'compute'],
  ])('settings that contradict each other: %j', (settings, setting) => {
    expect(() => parseTrainingSettings(settings)).toThrow(
      expect.objectContaining({ code: 'OL1400', details: expect.objectContaining({ setting }) }),
    )
  })

  test('what is wrong is said in plain words', () => {
    expect(() => parseTrainingSettings({ rankPattern: { q_proj: 0 } })).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/Too small|expected/) }),
    )
  })

  test('a setting that does not exist', () => {
    expect(() => parseTrainingSettings({ drop: 0.1 } as never)).toThrow(
      expect.objectContaining({ code: 'OL1400', message: expect.stringContaining('The setting drop is 0.1') }),
    )
  })
})

describe('the flags of `train` and the settings of the library are one declaration', () => {
  const flags = commandTable.find(({ noun, verb }) => noun === 'train' && verb === undefined)?.options ?? {}
  const takes = (work: () => unknown): boolean => {
    try {
      work()
      return true
    } catch {
      return false
    }
  }
  const refuse = (reason: string): never => {
    throw new Error(reason)
  }

  test('every setting has a flag', () => {
    expect(Object.keys(trainingSettings.shape).filter((name) => !(name in flags))).toEqual([])
    expect(Object.keys(settingValues).filter((name) => !(name in trainingSettings.shape))).toEqual([])
  })

  test.each<[string, NumberRange & { words?: readonly string[]; default?: unknown }]>(Object.entries(settingValues))(
    '%s',
    (name, { min, max, above, below, words }) => {
      const bounds = [min, max, above, below].filter((bound) => bound !== undefined)
      const numbers = bounds.flatMap((bound) => [bound - 1, bound - 1e-3, bound, bound + 1e-3, bound + 1])
      const candidates = words
        ? [...words, 'another']
        : bounds.length > 0
          ? [...numbers, 0.5, 0.95, 0.995]
          : [true, false]
      const verdicts = candidates.map((value) => [
        value,
        takes(() => flags[name]?.read(String(value), refuse, '/')),
        trainingSettings.safeParse({ [name]: value }).success,
      ])
      expect(verdicts.filter(([, flag, setting]) => flag !== setting)).toEqual([])
      expect(verdicts.filter(([, flag]) => flag).length).toBeGreaterThan(0)
    },
  )

  test('so are the defaults', () => {
    const defaults: Record<string, unknown> = parseTrainingSettings({})
    // An adapter that training begins with brings these; a flag that has a default would contradict it.
    const own = ['rank', 'alpha', 'targetModules']
    for (const name of Object.keys(trainingSettings.shape).filter((each) => !own.includes(each)))
      expect([name, flags[name]?.fallback]).toEqual([name, defaults[name]])
  })
})
