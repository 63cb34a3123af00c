import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { commandTable } from '../../src/cli/commandTable.js'
import { readInput } from '../../src/cli/readInput.js'
import { readSettingsFile } from '../../src/cli/settingsFile.js'
import { parseTrainingSettings, type TrainingSettingsInput } from '../../src/lora/settings/settings.js'
import { settingsText } from '../../src/lora/settings/settingsText.js'
import { temporaryFolder } from '../models/tinyModel.js'

const folder = temporaryFolder()
const train = commandTable.find(({ noun, verb }) => noun === 'train' && verb === undefined)
if (train === undefined) throw new Error('there is no command train')

test('modules, layers and patterns are written as they are', async () => {
  const given = { targetModules: ['q_proj', 'v_proj'], layers: [0, 1, 3], rankPattern: { q_proj: 16 } }
  await writeFile(join(folder, 'lists.yaml'), settingsText(parseTrainingSettings(given), []))
  const file = await readSettingsFile(train, { arguments: [], options: { config: 'lists.yaml' } }, folder)
  const value = (name: string) => file?.values.get(name)?.value
  expect([value('targetModules'), value('layers'), value('rankPattern')]).toEqual([
    'q_proj,v_proj',
    '0,1,3',
    '{"q_proj":16}',
  ])
})

test.each<TrainingSettingsInput>([
  {},
  { rank: 16, alpha: 32, epochs: 10, batchSize: 4, learningRate: 6e-3 },
  { optimizer: 'sgd', momentum: 0.9, maxGradNorm: 0, loraplusLrRatio: 16, neftuneNoiseAlpha: 5, groupByLength: true },
  {
    lossOn: 'assistant',
    lrScheduler: 'warmup_stable_decay',
    warmup: 3,
    evalSteps: 0.25,
    saveSteps: 7,
    quantize: 'int4',
  },
])('a settings file of %j gives the settings back, every one written', async (given) => {
  const settings = parseTrainingSettings(given)
  await writeFile(join(folder, 'train.yaml'), settingsText(settings, ['What was used', 'and how']))
  const raw = { arguments: [], options: { config: 'train.yaml' } }
  const file = await readSettingsFile(train, raw, folder)
  expect(file?.notes).toEqual([])
  expect([...(file?.values.keys() ?? [])].sort()).toEqual(Object.keys(settings).sort())
  const input = readInput(train, raw, { cwd: folder, environment: {}, ...(file && { file }) })
  expect(input).toMatchObject(settings)
})
