import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { commandTable } from '../../src/cli/commandTable.js'
import { type RawInput, readInput, readSettingsFile } from '../../src/cli/readInput.js'
import { readSettings } from '../../src/lora/trainingConfig.js'
import { temporaryFolder } from '../models/tinyModel.js'

const folder = temporaryFolder()
const train = commandTable.find(({ noun, verb }) => noun === 'train' && verb === undefined)
if (train === undefined) throw new Error('there is no command train')
const names = [...Object.keys(train.options), 'dropout', 'useDora', 'packing']

async function read(text: string): Promise<Record<string, unknown>> {
  const path = join(folder, 'train.yaml')
  await writeFile(path, text)
  const given = await readSettings(path, names)
  return Object.fromEntries([...given].map(([name, { value }]) => [name, value]))
}

describe('fields', () => {
  test('are named as the flags, in any case', async () => {
    expect(
      await read('rank: 4\nlearning-rate: 1e-4\nlearningRate: 0.0001\ntarget_modules: [q_proj, v_proj]\n'),
    ).toEqual({
      rank: 4,
      learningRate: 1e-4,
      targetModules: 'q_proj,v_proj',
    })
  })

  test('are taken by the names of Axolotl', async () => {
    const axolotl = `
base_model: models/smol
datasets:
  - path: records.jsonl
    type: alpaca
val_set_size: 0.1
output_dir: out
adapter: lora
lora_r: 16
lora_alpha: 32
lora_dropout: 0.05
lora_target_linear: true
peft_use_rslora: true
peft_use_dora: false
sequence_len: 512
sample_packing: true
train_on_inputs: false
micro_batch_size: 2
gradient_accumulation_steps: 4
num_epochs: 3
optimizer: adamw_torch
lr_scheduler: cosine
learning_rate: 0.0002
warmup_ratio: 0.1
weight_decay: 0.01
max_grad_norm: 1.0
bf16: false
wandb_project:
seed: 7
`
    expect(await read(axolotl)).toEqual({
      base: 'models/smol',
      data: 'records.jsonl',
      evalSplit: 0.1,
      output: 'out',
      rank: 16,
      alpha: 32,
      dropout: 0.05,
      targetModules: 'all-linear',
      useRslora: true,
      useDora: false,
      maxLength: 512,
      packing: true,
      lossOn: 'completion',
      batchSize: 2,
      gradientAccumulation: 4,
      epochs: 3,
      lrScheduler: 'cosine',
      learningRate: 0.0002,
      warmup: 0.1,
      weightDecay: 0.01,
      maxGradNorm: 1,
      seed: 7,
    })
  })

  test('and of PEFT and TRL, as JSON too', async () => {
    const fields = { r: 8, use_rslora: true, num_train_epochs: 2, per_device_train_batch_size: 1, warmup_steps: 10 }
    expect(await read(JSON.stringify({ ...fields, max_steps: -1, assistant_only_loss: true }, null, '\t'))).toEqual({
      rank: 8,
      useRslora: true,
      epochs: 2,
      batchSize: 1,
      warmup: 10,
      lossOn: 'assistant',
    })
  })

  test('that another mapping is merged into keep their own values', async () => {
    expect(await read('<<: &usual {rank: 4, alpha: 8}\nrank: 2\n')).toEqual({ rank: 2, alpha: 8 })
  })
})

describe('is refused with its line', () => {
  test.each([
    ['rank: 4\nlearning_rte: 1', 'OL1440', { line: 2, field: 'learning_rte', nearest: 'learning_rate' }],
    ['lora_rank: 4', 'OL1440', { line: 1, nearest: 'lora_r' }],
    ['constructor: 4', 'OL1440', { line: 1 }],
    ['rank: 4\n\nlora_r: 8', 'OL1441', { line: 3, field: 'lora_r', other: 'rank', otherLine: 1 }],
    ['warmup_ratio: 0.1\nwarmup_steps: 5', 'OL1441', { setting: 'warmup' }],
    ['train_on_inputs: true\nassistant_only_loss: true', 'OL1441', { setting: 'lossOn' }],
    ['bf16: true', 'OL1443', { reason: expect.stringContaining('float32') }],
    ['adapter: qlora', 'OL1443', { reason: expect.stringContaining('quantize') }],
    ['val_set_size: 100', 'OL1443', { reason: expect.stringContaining('share') }],
    ['datasets: [{path: a.jsonl}, {path: b.jsonl}]', 'OL1443', { reason: expect.stringContaining('one file') }],
    [
      'datasets: [{path: a.jsonl, field_messages: talk}]',
      'OL1443',
      { reason: expect.stringContaining('field_messages') },
    ],
    ['target_modules: {q: 1}', 'OL1443', { line: 1 }],
    ['rank: 4\nrank: 8', 'OL1442', { reason: expect.stringContaining('line 2') }],
    ['rank: [4', 'OL1442', { reason: expect.stringContaining('line 1') }],
    ['rank: !!js/function "x"', 'OL1442', {}],
    ['', 'OL1442', { reason: 'it is empty' }],
    ['- rank', 'OL1442', {}],
    ['rank: 4\n---\nrank: 8', 'OL1442', {}],
  ])('%j', async (text, code, details) => {
    await expect(read(text)).rejects.toMatchObject({ code, details: { path: join(folder, 'train.yaml'), ...details } })
  })

  test('a file that would unfold without end', async () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`)
    await expect(read(`l0: &l0 x\n${levels.join('\n')}`)).rejects.toMatchObject({ code: 'OL1442' })
  })
})

describe('on the command line', () => {
  const input = async (text: string, options: RawInput['options'], environment = {}) => {
    await writeFile(join(folder, 'run.yaml'), text)
    const raw = { arguments: [], options: { config: 'run.yaml', ...options } }
    const file = await readSettingsFile(train, raw, folder)
    return readInput(train, raw, { cwd: folder, environment, ...(file && { file }) })
  }

  test('flags win over the file, the file over variables and defaults', async () => {
    const text = 'rank: 4\nalpha: 8\nshuffle: false\nuse_rslora: false\nbase: own\n'
    const read = await input(text, { rank: '32' }, { OPENLEDGER_BASE: 'elsewhere' })
    expect(read).toMatchObject({ rank: 32, alpha: 8, shuffle: false, useRslora: false, epochs: 3 })
    expect(read).toMatchObject({ base: join(folder, 'own') })
  })

  test.each([
    ['\nrank: 0', 'rank (run.yaml, line 2)'],
    ['lr_scheduler: exponential', 'lr_scheduler (run.yaml, line 1)'],
    ['shuffle: maybe', 'shuffle (run.yaml, line 1)'],
    ['epochs: many', 'epochs (run.yaml, line 1)'],
  ])('a value is checked as that of the flag: %j', async (text, source) => {
    await expect(input(text, {})).rejects.toMatchObject({ code: 'OL1005', details: { source } })
  })
})
