import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { commandTable } from '../../src/cli/commandTable.js'
import type { RawInput } from '../../src/cli/RawInput.js'
import { readInput } from '../../src/cli/readInput.js'
import { readSettingsFile } from '../../src/cli/settingsFile.js'
import { type FileSetting, readSettings } from '../../src/lora/settings/trainingConfig.js'
import { build, openledger } from '../cli/openledger.js'
import { temporaryFolder, writeJsonLines, writeTinyModel } from '../models/tinyModel.js'

const folder = temporaryFolder()
const train = commandTable.find(({ noun, verb }) => noun === 'train' && verb === undefined)
if (train === undefined) throw new Error('there is no command train')
const plain = { names: Object.keys(train.options), read: (_: string, { value }: FileSetting) => value }

async function read(text: string): Promise<Record<string, unknown>> {
  const path = join(folder, 'train.yaml')
  await writeFile(path, text)
  const { values } = await readSettings(path, plain)
  return Object.fromEntries([...values].map(([name, { value }]) => [name, value]))
}

async function notesOf(text: string): Promise<readonly string[]> {
  const path = join(folder, 'notes.yaml')
  await writeFile(path, text)
  return (await readSettings(path, plain)).notes
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
      data: ['records.jsonl'],
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
      optimizer: 'adamw',
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

  test('of Axolotl that begin with peft, and those that a newer version has and this file leaves empty', async () => {
    const text =
      'peft_layers_to_transform: [0, 2]\npeft_layers_pattern: layers\npeft_init_lora_weights: gaussian\nnew_field:\n'
    expect(await read(text)).toEqual({ layers: '0,2', layersPattern: 'layers', initLoraWeights: 'gaussian' })
  })

  test('that another mapping is merged into keep their own values', async () => {
    expect(await read('<<: &usual {rank: 4, alpha: 8}\nrank: 2\n')).toEqual({ rank: 2, alpha: 8 })
  })
})

describe('what decides nothing about the adapter', () => {
  test('is taken with a note that says why, the fields of one reason together', async () => {
    const text = 'wandb_project: mine\nlogging_steps: 1\nflash_attention: true\nbf16: auto\ntf32: false\nwandb_name:\n'
    expect(await notesOf(text)).toEqual([
      'wandb_project, logging_steps have no effect here: every step is in metrics.jsonl',
      'flash_attention has no effect here: attention and kernels have one implementation here',
      'bf16 has no effect here: numbers are float32 here',
    ])
    expect(await read(text)).toEqual({})
  })

  test('an optimizer in 8 bits is the same in float32', async () => {
    expect(await read('optimizer: adamw_bnb_8bit')).toEqual({ optimizer: 'adamw' })
    expect(await notesOf('optim: paged_lion_8bit')).toEqual([
      'optim: the optimizer keeps its state in float32, not in 8 bits',
    ])
    expect(await notesOf('optim: adamw_torch')).toEqual([])
  })
})

describe('what comes so often in an epoch', () => {
  test.each<[string, object]>([
    ['evals_per_epoch: 4\nval_set_size: 0.1\nnum_epochs: 2', { evalSplit: 0.1, epochs: 2, evalSteps: 1 / 8 }],
    ['num_train_epochs: 5\nsave_strategy: epoch', { epochs: 5, saveSteps: 1 / 5 }],
    ['saves_per_epoch: 1', { saveSteps: 1 / 3 }],
    ['saves_per_epoch: 1\nnum_epochs: 1', { epochs: 1 }],
    ['eval_strategy: epoch\ntest_size: 0.1\neval_steps: 7', { evalSplit: 0.1, evalSteps: 7 }],
    ['eval_strategy: epoch', {}],
    ['eval_strategy: steps\nsave_strategy: no', {}],
    ['eval_steps: 7\neval_strategy: no\nsave_strategy: steps\nsave_steps: 9', { saveSteps: 9 }],
  ])('%j', async (text, expected) => {
    expect(await read(text)).toEqual(expected)
  })

  test('is no evaluation where nothing is held out, and says so', async () => {
    expect(await notesOf('evals_per_epoch: 4')).toEqual([
      'evals_per_epoch has no effect here: this file does not hold out any records',
    ])
  })
})

test.each([
  ['data: a.jsonl', { data: 'a.jsonl' }],
  ['data: [a.jsonl, "b,c.csv"]', { data: ['a.jsonl', 'b,c.csv'] }],
  ['datasets: [{path: a.jsonl}, {path: b.parquet, ds_type: parquet}]', { data: ['a.jsonl', 'b.parquet'] }],
  ['map: prompt=question,completion=answer', { map: 'prompt=question,completion=answer' }],
  ['map: {prompt: question, completion: Best Answer}', { map: ['prompt=question', 'completion=Best Answer'] }],
  ['prompt_field: question', { promptField: 'question' }],
])('several files and their columns: %s', async (text, expected) => {
  expect(await read(text)).toEqual(expected)
})

describe('is refused with its line', () => {
  test.each([
    [
      'rank: 4\nlearning_rte: 1',
      'OL1440',
      { line: 2, field: 'learning_rte', suggestion: 'Did you mean learning_rate? ' },
    ],
    ['lora_ran: 4', 'OL1440', { line: 1, suggestion: 'Did you mean lora_rank? ' }],
    ['max_len: 4', 'OL1440', { line: 1, suggestion: 'Did you mean max_length? ' }],
    ['per_device_batch_size: 4', 'OL1440', { suggestion: 'Did you mean per_device_train_batch_size? ' }],
    ['lr: 4', 'OL1440', { line: 1, suggestion: '' }],
    ...['eos_token', 'data_seed', 'eval_delay', 'dataset_config', 'gradient_noise_steps', 'bf16_everywhere'].map(
      (field): [string, string, object] => [`${field}: 4`, 'OL1440', { line: 1, field, suggestion: '' }],
    ),
    ['lora_bias: true', 'OL1443', { reason: expect.stringContaining('`bias` trains those of the base') }],
    ['metric_for_best_model: accuracy', 'OL1443', { line: 1 }],
    ['s2_attention: true', 'OL1443', { line: 1 }],
    ['constructor: 4', 'OL1440', { line: 1, suggestion: '' }],
    ['sampler_seed: 4', 'OL1440', { line: 1, suggestion: '' }],
    ['cosine_min_lr_ratio: 0.1', 'OL1440', { line: 1, field: 'cosine_min_lr_ratio' }],
    ['rank: 4\n\nlora_r: 8', 'OL1441', { line: 3, field: 'lora_r', other: 'rank', otherLine: 1 }],
    ['warmup_ratio: 0.1\nwarmup_steps: 5', 'OL1441', { setting: 'warmup' }],
    ['train_on_inputs: true\nassistant_only_loss: true', 'OL1441', { setting: 'lossOn' }],
    ['optimizer: muon', 'OL1443', { reason: expect.stringContaining('"muon": use adamw, sgd, adafactor or lion') }],
    ['optim_args: momentum=0.9,nesterov=true', 'OL1443', { reason: expect.stringContaining('nesterov') }],
    ['optim_args: 5', 'OL1443', { line: 1 }],
    ['loraplus_lr_embedding: 1e-5', 'OL1445', { reason: expect.stringContaining('LoRA+') }],
    ['label_smoothing_factor: 0.1', 'OL1443', { reason: expect.stringContaining('not implemented') }],
    ['load_in_8bit: true', 'OL1443', { reason: expect.stringContaining('quantize') }],
    ['special_tokens: {eos_token: "</s>"}', 'OL1443', { reason: expect.stringContaining('eos_token') }],
    ['train_sampling_strategy: batch_rebalance', 'OL1443', { line: 1 }],
    ['momentum: 0.9', 'OL1445', { line: 1, field: 'momentum', reason: expect.stringContaining('sgd') }],
    ['rank: 4\nquantize: int4\ncompute: int8', 'OL1445', { line: 3, field: 'compute' }],
    ['adapter: qlora', 'OL1443', { reason: expect.stringContaining('quantize') }],
    ['val_set_size: 100', 'OL1443', { reason: expect.stringContaining('share') }],
    ['test_datasets: [{path: a.jsonl}, {path: b.jsonl}]', 'OL1443', { reason: expect.stringContaining('one file') }],
    ['datasets: [{path: a.txt, ds_type: text}]', 'OL1443', { reason: expect.stringContaining('"text" are not read') }],
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

  test('all of it at once', async () => {
    const text =
      'ranc: 4\nlearning_rate: 1e-4\nadapter: qlora\nr: 8\nlora_r: 16\ngroup_by_length: true\nshuffle: false\n'
    await expect(read(text)).rejects.toMatchObject({
      code: 'OL1444',
      exitCode: 2,
      details: { count: 4 },
      message: expect.stringMatching(
        /for 4 reasons:\n- line 1: ranc is not .*\(Did you mean rank\?\)\n- line 3: adapter cannot .*\n- line 5: lora_r contradicts r of line 4.*\n- line 6: group_by_length is true: .*shuffle is off$/,
      ),
    })
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
    ['\nrank: 2000', 'rank (run.yaml, line 2)'],
    ['loraplus_lr_ratio: 0', 'loraplus_lr_ratio (run.yaml, line 1)'],
  ])('a value is checked as that of the flag: %j', async (text, source) => {
    await expect(input(text, {})).rejects.toMatchObject({ code: 'OL1005', details: { source } })
  })

  test('values out of range are told together with everything else', async () => {
    await expect(input('rank: 0\nepochs: many\nrnk: 1\n', {})).rejects.toMatchObject({
      code: 'OL1444',
      details: {
        count: 3,
        problems: expect.stringMatching(
          /rank \(run\.yaml, line 1\).*\n.*epochs \(run\.yaml, line 2\).*\n.*rnk is not /,
        ),
      },
    })
  })

  test('a value that a flag stands in for is not looked at', async () => {
    expect(await input('rank: 0\nalpha: 8\n', { rank: '4' })).toMatchObject({ rank: 4, alpha: 8 })
  })
})

describe('files in the style of other tools, with nothing but base model and data changed', () => {
  const base = join(folder, 'base')
  beforeAll(async () => {
    build()
    await writeTinyModel(base)
    await writeJsonLines(
      join(folder, 'records.jsonl'),
      ['low', 'high', 'slack', 'neap', 'spring', 'ebb', 'flood', 'rip', 'king', 'dead'].map((water) => ({
        instruction: `What is ${water} water?`,
        input: '',
        output: `${water} water`,
      })),
    )
  })

  test.each([
    [
      'axolotl',
      { rank: 16, dropout: 0.05, packing: true, optimizer: 'adamw', evalSteps: 1 / 8, saveSteps: 0.5, warmup: 10 },
    ],
    ['trl', { rank: 16, alpha: 16, neftuneNoiseAlpha: 5, groupByLength: true, evalSteps: 0.5, warmup: 0.1, seed: 42 }],
    ['llamaFactory', { rank: 8, loraplusLrRatio: 16, gradientAccumulation: 8, learningRate: 1e-4, maxLength: 64 }],
  ])(
    '%s: what it would do, and a training',
    async (name, settings) => {
      const path = `${name}.yaml`
      await copyFile(join('test/fixtures/training/configs', path), join(folder, path))
      const dry = openledger(['train', '--config', path, '--dry-run', '--json'], { cwd: folder })
      expect([dry.status, dry.stderr]).toEqual([
        0,
        expect.stringMatching(new RegExp(`^${path}: .* no effect here`, 'm')),
      ])
      expect(JSON.parse(dry.stdout).data.settings).toMatchObject(settings)
      const output = join(folder, `${name}-adapter`)
      const trained = openledger(['train', '--config', path, '--max-steps', '2', '--output', output, '--json'], {
        cwd: folder,
      })
      expect([trained.status, JSON.parse(trained.stdout).data.manifest.settings]).toEqual([
        0,
        expect.objectContaining(settings),
      ])
    },
    120_000,
  )
})
