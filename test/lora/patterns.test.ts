import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { openTrained } from '../../src/attribution/index/openTrained.js'
import { train } from '../../src/lora/run/train.js'
import type { TrainingSettingsInput } from '../../src/lora/settings/settings.js'
import { openAdapter } from '../../src/models/adapter/adapter.js'
import type { AdapterParameter } from '../../src/models/adapter/adapterLayout.js'
import { openBaseModel } from '../../src/models/base/BaseModel.js'
import { evaluateFiles } from '../../src/models/run/evaluateFiles.js'
import { readWeight } from '../../src/models/weights/readWeight.js'
import { temporaryFolder, writeJsonLines, writeTinyModel } from '../models/tinyModel.js'

const folder = temporaryFolder()
const [base, data, first] = ['base', 'records.jsonl', 'first'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]
const settings = {
  rank: 4,
  alpha: 8,
  targetModules: ['q_proj', 'v_proj', 'up_proj', 'lm_head', 'embed_tokens'],
  excludeModules: ['self_attn.v_proj'],
  rankPattern: { q_proj: 2, embed_tokens: 1 },
  alphaPattern: { 'layers.0.*up_proj': 3 },
  dropout: 0.1,
  maxSteps: 2,
  learningRate: 0.01,
}

beforeAll(async () => {
  await writeTinyModel(base)
  await writeJsonLines(data, [{ prompt: 'When?', completion: 'At slack water' }])
  await train({ base, data, output: first, settings })
})

describe('an adapter with ranks of its own in some layers, on head and embeddings', () => {
  test('is written as PEFT reads it', async () => {
    expect(JSON.parse(await readFile(join(first, 'adapter_config.json'), 'utf8'))).toMatchObject({
      r: 4,
      lora_alpha: 8,
      target_modules: settings.targetModules,
      exclude_modules: settings.excludeModules,
      rank_pattern: settings.rankPattern,
      alpha_pattern: settings.alphaPattern,
    })
    const { layout, values } = await openAdapter(first, await openBaseModel(base))
    expect(layout.parameters.map(({ name, shape }) => [name.split('.').slice(-2).join('.'), shape])).toEqual([
      ['embed_tokens.lora_embedding_A', [1, 2048]],
      ['embed_tokens.lora_embedding_B', [16, 1]],
      ['q_proj.lora_A', [2, 16]],
      ['q_proj.lora_B', [16, 2]],
      ['up_proj.lora_A', [4, 16]],
      ['up_proj.lora_B', [32, 4]],
      ['lm_head.lora_A', [4, 16]],
      ['lm_head.lora_B', [2048, 4]],
    ])
    expect(Object.fromEntries(layout.scalings)).toEqual({
      'model.embed_tokens': 8,
      'model.layers.0.self_attn.q_proj': 4,
      'model.layers.0.mlp.up_proj': 0.75,
      lm_head: 2,
    })
    // All of them have learned.
    for (const { name, offset, size } of layout.parameters)
      expect([name, values.subarray(offset, offset + size).some((value) => value !== 0)]).toEqual([name, true])
  })

  test('is trained further as what it is, and not as something else', async () => {
    const output = join(folder, 'second')
    const { manifest } = await train({ base, data, output, initAdapter: first, settings: { maxSteps: 1 } })
    const { rankPattern, alphaPattern, excludeModules } = settings
    expect(manifest.settings).toMatchObject({ rank: 4, rankPattern, alphaPattern, excludeModules })
    for (const changes of [
      { rankPattern: { q_proj: 3 } },
      { excludeModules: ['q_proj'] },
      { alphaPattern: { q_proj: 1 } },
    ])
      await expect(
        train({ base, data, output: join(folder, 'third'), initAdapter: first, settings: changes }),
      ).rejects.toMatchObject({
        code: 'OL1427',
        details: { changes: expect.stringContaining(Object.keys(changes)[0] as string) },
      })
  })

  test('error: a layer to leave alone, or a module to save, that is not there', async () => {
    for (const [changes, name] of [
      [{ excludeModules: ['q_poj'] }, 'q_poj'],
      [{ excludeModules: '.*q_poj' }, '.*q_poj'],
      [{ modulesToSave: ['lm_haed'] }, 'lm_haed'],
    ] as const)
      await expect(
        train({
          base,
          data,
          output: join(folder, 'typo'),
          settings: structuredClone(changes) as TrainingSettingsInput,
        }),
      ).rejects.toMatchObject({ code: 'OL1310', details: { targets: name } })
  })

  test('error: a target that no layer has, beside some that are there', async () => {
    await expect(
      train({ base, data, output: join(folder, 'typo'), settings: { targetModules: ['q_proj', 'k_poj'] } }),
    ).rejects.toMatchObject({
      code: 'OL1310',
      details: { targets: 'k_poj', available: expect.stringContaining('lm_head') },
    })
  })

  test.each([
    [{ useDora: true, targetModules: ['embed_tokens'] }, 'use-dora'],
    [{ loraplusLrRatio: 4, targetModules: ['embed_tokens'] }, 'loraplus-lr-ratio'],
    [{ rankPattern: { q_proj: 0 } }, 'rank-pattern'],
    [{ rankPattern: { q_proj: 1.5 } }, 'rank-pattern'],
    [{ alphaPattern: { q_proj: 0 } }, 'alpha-pattern'],
  ])('error: %j', async (changes, setting) => {
    await expect(train({ base, data, output: join(folder, 'bad'), settings: changes })).rejects.toMatchObject({
      code: 'OL1400',
      details: { setting },
    })
  })
})

describe('an adapter that trains tensors of the base itself', () => {
  const output = join(folder, 'whole')
  const whole = {
    rank: 2,
    targetModules: ['q_proj'],
    modulesToSave: ['lm_head', 'norm'],
    maxSteps: 2,
    learningRate: 0.01,
  }

  test('begins as the base is, learns them, and is trained further as what it is', async () => {
    const { result } = await train({ base, data, output, settings: whole })
    const opened = await openBaseModel(base)
    const { loss } = await evaluateFiles({ base, data: [data] })
    expect(result.history[0]?.loss).toBeCloseTo(loss, 4)
    expect(JSON.parse(await readFile(join(output, 'adapter_config.json'), 'utf8'))).toMatchObject({
      modules_to_save: ['lm_head', 'norm'],
      bias: 'none',
    })
    const { layout, values } = await openAdapter(output, opened)
    expect(layout.parameters.flatMap(({ name, side }) => (side === 'whole' ? [name] : []))).toEqual([
      'model.layers.0.input_layernorm.weight',
      'model.layers.0.post_attention_layernorm.weight',
      'model.norm.weight',
      'lm_head.weight',
    ])
    const head = layout.parameters.at(-1) as AdapterParameter
    const own = await readWeight(opened.weights('model.embed_tokens.weight', head.shape), base)
    expect(values.subarray(head.offset).some((value, i) => value !== own[i])).toBe(true)
    const again = await train({
      base,
      data,
      output: join(folder, 'again'),
      initAdapter: output,
      settings: { maxSteps: 1 },
    })
    expect(again.manifest.settings).toMatchObject({ modulesToSave: ['lm_head', 'norm'] })
    const after = await evaluateFiles({ base, adapter: output, data: [data] })
    expect(again.result.history[0]?.loss).toBeCloseTo(after.loss, 4)
  })

  test('is not attributed: its gradients would each be as large as the base', async () => {
    await expect(openTrained({ adapter: output })).rejects.toMatchObject({
      code: 'OL1316',
      details: { field: 'modules_to_save' },
    })
  })

  test.each([
    [{ compute: 'int8' }, 'OL1400'],
    [{ loraplusLrRatio: 2 }, 'OL1400'],
    [{ modulesToSave: ['up_proj'], quantize: 'int8' }, 'OL1400'],
    [{ targetModules: '.*q_proj', modulesToSave: ['proj'] }, 'OL1436'],
  ] as const)('error: with %j', async (changes, code) => {
    const settings = { ...whole, ...changes } as unknown as TrainingSettingsInput
    await expect(train({ base, data, output: join(folder, 'bad'), settings })).rejects.toMatchObject({ code })
  })
})

test.each([
  ['rankPattern', 'rank-pattern'],
  ['alphaPattern', 'alpha-pattern'],
] as const)('a %s that matches no adapted layer is refused', async (name, setting) => {
  const none = train({
    base,
    data,
    output: join(folder, name),
    settings: { ...settings, [name]: { 'self_attn.v_proj': 3 } },
  })
  await expect(none).rejects.toMatchObject({
    code: 'OL1400',
    details: { setting, reason: 'self_attn.v_proj matches no adapted layer' },
  })
})
