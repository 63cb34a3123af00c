import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { openAdapter, serializeAdapter } from '../../src/models/adapter/adapter.js'
import { adapterConfig } from '../../src/models/adapter/adapterConfig.js'
import { type AdapterOptions, adapterLayout } from '../../src/models/adapter/adapterLayout.js'
import { peftFields } from '../../src/models/adapter/peftFields.js'
import { inspectModel } from '../../src/models/run/inspectModel.js'
import {
  float32Tensor,
  openSafetensors,
  readTensor,
  serializeSafetensors,
  type TensorData,
} from '../../src/models/weights/safetensors.js'
import { openReference, type Reference } from '../fixtures/reference/reference.js'
import { temporaryFolder } from './tinyModel.js'

const reference = 'test/fixtures/reference/llama/adapter'
const folder = temporaryFolder()
let llama: Reference
let peftConfig: Record<string, unknown>
let tensors: Map<string, TensorData>

beforeAll(async () => {
  llama = await openReference('llama')
  peftConfig = JSON.parse(await readFile(join(reference, 'adapter_config.json'), 'utf8'))
  const file = await openSafetensors(join(reference, 'adapter_model.safetensors'))
  tensors = new Map(
    await Promise.all([...file.tensors.keys()].map(async (name) => [name, await readTensor(file, name)] as const)),
  )
})

/** An adapter folder like PEFT's, changed. */
async function changed(
  config: Readonly<Record<string, unknown>>,
  change: (tensors: Map<string, TensorData>) => void = () => undefined,
): Promise<string> {
  const copy = new Map(tensors)
  change(copy)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'adapter_config.json'), JSON.stringify({ ...peftConfig, ...config }))
  await writeFile(join(folder, 'adapter_model.safetensors'), Buffer.concat(serializeSafetensors(copy)))
  return folder
}

const key = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight'

describe('the format of PEFT', () => {
  test('names, shapes and bytes of every tensor are those that PEFT wrote', async () => {
    const { parts } = serializeAdapter(llama.adapter)
    const path = join(folder, 'ours.safetensors')
    await writeFile(path, Buffer.concat(parts))
    const ours = await openSafetensors(path)
    expect([...ours.tensors.keys()].sort()).toEqual([...tensors.keys()].sort())
    for (const [name, tensor] of tensors) expect([name, await readTensor(ours, name)]).toEqual([name, tensor])
    expect(ours.metadata).toEqual({ format: 'pt' })
  })

  test('every field of our configuration is one that PEFT knows, with the same value', () => {
    const config = adapterConfig(llama.adapter.layout, { path: 'base' })
    expect(Object.keys(peftConfig)).toEqual(expect.arrayContaining(Object.keys(config)))
    const { target_modules, base_model_name_or_path, ...rest } = config
    expect(peftConfig).toMatchObject(rest)
    expect([...(target_modules as string[])].sort()).toEqual([...(peftConfig['target_modules'] as string[])].sort())
  })

  test('what we write opens as what it was', async () => {
    await writeFile(
      join(folder, 'adapter_config.json'),
      JSON.stringify(adapterConfig(llama.adapter.layout, { path: 'base' })),
    )
    await writeFile(join(folder, 'adapter_model.safetensors'), Buffer.concat(serializeAdapter(llama.adapter).parts))
    const opened = await openAdapter(folder, llama.network)
    expect(opened.values).toEqual(llama.adapter.values)
    expect(opened.layout.scaling).toBe(2)
  })
})

describe('target modules', () => {
  const modules = (targetModules: AdapterOptions['targetModules']): string[] => [
    ...new Set(
      adapterLayout(llama.network, { rank: 2, alpha: 4, targetModules }).parameters.map(({ module }) => module),
    ),
  ]

  test.each<[AdapterOptions['targetModules'], number]>([
    ['all-linear', 14],
    [['q_proj'], 2],
    [['self_attn.q_proj', 'v_proj'], 4],
    [['model.layers.1.mlp.up_proj'], 1],
    ['.*\\.(q|v)_proj', 4],
    ['.*layers\\.0\\..*', 7],
  ])('%j takes %i layers', (targets, count) => {
    expect(modules(targets).length).toBe(count)
  })

  test.each<[AdapterOptions['targetModules']]>([[['proj']], ['q_proj'], [[]]])(
    '%j matches none, and the error names what there is',
    (targets) => {
      expect(() => modules(targets)).toThrow(
        expect.objectContaining({ code: 'OL1310', hint: expect.stringContaining('q_proj') }),
      )
    },
  )

  test('rsLoRA divides by the root of the rank', () => {
    const options = { rank: 4, alpha: 8, targetModules: ['q_proj'] }
    expect(adapterLayout(llama.network, options).scaling).toBe(2)
    expect(adapterLayout(llama.network, { ...options, useRslora: true }).scaling).toBe(4)
  })
})

describe('a configuration that is malformed, or that PEFT refuses, is refused', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ layers_to_transform: [-1] }, 'layers_to_transform'],
    [{ layers_to_transform: [0], target_modules: '.*q_proj' }, 'require target_modules to be a list'],
    [{ layers_pattern: 'blocks' }, 'layers_pattern requires'],
    [{ peft_type: 'IA3' }, 'peft_type'],
    [{ bias: 'some' }, 'bias'],
    [{ modules_to_save: 'lm_head' }, 'modules_to_save'],
    [{ lora_dropout: 1 }, 'lora_dropout'],
    [{ r: 0 }, 'r: '],
    [{ r: 2.5 }, 'r: '],
    [{ lora_alpha: -1 }, 'lora_alpha'],
    [{ rank_pattern: { q_proj: 0 } }, 'rank_pattern'],
    [{ rank_pattern: ['q_proj'] }, 'rank_pattern'],
    [{ alpha_pattern: { q_proj: '8' } }, 'alpha_pattern'],
    [{ target_modules: [] }, 'target_modules'],
  ])('%j', async (config, reason) => {
    await expect(openAdapter(await changed(config), llama.network)).rejects.toMatchObject({
      code: 'OL1308',
      details: { reason: expect.stringContaining(reason) },
    })
  })

  test.each([
    '(unclosed',
    'a)|(b',
    '(?i)q_proj',
    '(?P<name>q)_proj',
    '(?<name>q)_proj',
    '(q)\\1',
    'q++',
    '\\Aq',
    'q{,2}',
  ])('the regular expression %s, which is none or reads differently in Python', async (pattern) => {
    for (const config of [
      { target_modules: pattern },
      { exclude_modules: pattern },
      { rank_pattern: { [pattern]: 2 } },
    ])
      await expect(openAdapter(await changed(config), llama.network)).rejects.toMatchObject({
        code: 'OL1435',
        details: { pattern },
      })
  })
})

/** No value that any field has by itself. */
const odd = { somebody: ['meant', 1] }
/** Fields that are read, and values of theirs that cannot be computed. */
const uncomputed: Readonly<Record<string, readonly unknown[]>> = {
  init_lora_weights: ['corda', 'loftq', 'lora_ga', 'mica', 'pissa_niter_16', 'Pissa', 'unheard'],
}
const refused = Object.entries(peftFields).flatMap(([field, treatment]) => [
  ...(typeof treatment === 'string' ? [] : [[field, odd] as const]),
  ...(uncomputed[field] ?? []).map((value) => [field, value] as const),
])
const harmless = Object.entries(peftFields).flatMap(([field, treatment]) => (treatment === 'harmless' ? [field] : []))

test('a regular expression that never comes to an end is given up', async () => {
  const endless = '(model|[a-z.0-9_])*(.*)*(.*)*Z'
  const started = await changed({ exclude_modules: endless })
  await expect(openAdapter(started, llama.network)).rejects.toMatchObject({
    code: 'OL1435',
    details: { pattern: endless },
  })
})

describe('a field of PEFT', () => {
  test.each([
    ...refused,
    ['lora_bias', true] as const,
    ['alora_invocation_tokens', [5]] as const,
    ['layer_replication', [[0, 1]]] as const,
    ['task_type', 'SEQ_CLS'] as const,
    ['a_field_of_tomorrow', true] as const,
    ['a_field_of_tomorrow', 0] as const,
  ])(
    '%s %j, which would be computed otherwise, is refused by name before the weights are read',
    async (field, value) => {
      const path = await changed({ [field]: value }, (all) => all.clear())
      await expect(openAdapter(path, llama.network)).rejects.toMatchObject({ code: 'OL1316', details: { field } })
      await expect(inspectModel({ path })).rejects.toMatchObject({ code: 'OL1316', details: { field } })
    },
  )

  test.each(harmless)('%s changes nothing, whatever it says', async (field) => {
    expect((await openAdapter(await changed({ [field]: odd }), llama.network)).values).toEqual(llama.adapter.values)
  })

  test.each([null, false, '', [], {}])('that is not known says nothing where it is %j', async (value) => {
    await expect(openAdapter(await changed({ a_field_of_tomorrow: value }), llama.network)).resolves.toBeDefined()
  })
})

test('weights in a pickle file only are told from none, with how to convert them', async () => {
  const pickled = join(folder, 'pickled')
  await mkdir(pickled)
  await copyFile(join(reference, 'adapter_config.json'), join(pickled, 'adapter_config.json'))
  await writeFile(join(pickled, 'adapter_model.bin'), 'pickle')
  const refusal = { code: 'OL1317', hint: expect.stringContaining('safe_serialization=True') }
  await expect(openAdapter(pickled, llama.network)).rejects.toMatchObject(refusal)
  await expect(inspectModel({ path: pickled })).rejects.toMatchObject(refusal)
})

describe('an adapter that does not fit', () => {
  const q = (shape: readonly number[]): TensorData =>
    float32Tensor(new Float32Array((shape[0] as number) * (shape[1] as number)), shape)

  test.each<[string, Record<string, unknown>, (tensors: Map<string, TensorData>) => void, string]>([
    ['a tensor is missing', {}, (all) => void all.delete(key), `it has no ${key}`],
    ['a shape is wrong', {}, (all) => void all.set(key, q([4, 47])), '[4, 47], the model requires [4, 48]'],
    ['a tensor too many', {}, (all) => void all.set('lm_head.lora_A.weight', q([4, 48])), 'no place for lm_head'],
    ['fewer targets than tensors', { target_modules: ['v_proj'] }, () => undefined, 'no place for'],
    // Nothing of this size may be allocated before the tensors are looked at.
    ['a rank that is not the tensors’', { r: 2 ** 40 }, () => undefined, 'the model requires'],
  ])('%s', async (_, config, change, reason) => {
    await expect(openAdapter(await changed(config, change), llama.network)).rejects.toMatchObject({
      code: 'OL1309',
      details: { reason: expect.stringContaining(reason) },
    })
  })

  test('the wrong base model is named against the right one', async () => {
    const network = { ...llama.network, config: { ...llama.network.config, layers: 3 } }
    const path = await changed({ base_model_name_or_path: 'somebody/llama' })
    await expect(openAdapter(path, network)).rejects.toMatchObject({
      code: 'OL1309',
      hint: expect.stringContaining('somebody/llama'),
    })
  })

  test('numbers that are not finite', async () => {
    const path = await changed({}, (all) => {
      const { shape } = all.get(key) as TensorData
      const data = new Float32Array((shape[0] as number) * (shape[1] as number))
      data[5] = Number.NaN
      all.set(key, float32Tensor(data, shape))
    })
    await expect(openAdapter(path, llama.network)).rejects.toMatchObject({ code: 'OL1314', details: { name: key } })
  })

  test('a file is missing, empty or no JSON', async () => {
    const empty = join(folder, 'empty')
    await mkdir(empty)
    await expect(openAdapter(empty, llama.network)).rejects.toMatchObject({ code: 'OL1900' })
    await writeFile(join(empty, 'adapter_config.json'), '')
    await expect(openAdapter(empty, llama.network)).rejects.toMatchObject({ code: 'OL1903' })
    await copyFile(join(reference, 'adapter_config.json'), join(empty, 'adapter_config.json'))
    await expect(openAdapter(empty, llama.network)).rejects.toMatchObject({ code: 'OL1900' })
    await writeFile(join(empty, 'adapter_model.safetensors'), '')
    await expect(openAdapter(empty, llama.network)).rejects.toMatchObject({ code: 'OL1300' })
  })
})
