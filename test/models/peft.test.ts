import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { sequenceGradients } from '../../src/attribution/gradients/sequenceGradients.js'
import { openFirstAdapter } from '../../src/lora/plan/firstAdapter.js'
import { GradientPrograms } from '../../src/lora/step/GradientPrograms.js'
import { openAdapter, serializeAdapter } from '../../src/models/adapter/adapter.js'
import { adapterConfig } from '../../src/models/adapter/adapterConfig.js'
import { mergeAdapter } from '../../src/models/adapter/mergeAdapter.js'
import { peftFields } from '../../src/models/adapter/peftFields.js'
import { openBaseModel } from '../../src/models/base/BaseModel.js'
import { labelCount, shapeFor } from '../../src/models/data/batch.js'
import { Evaluator } from '../../src/models/run/evaluate.js'
import { exportModel } from '../../src/models/run/exportModel.js'
import {
  float32Tensor,
  openSafetensors,
  readFloat32,
  readTensor,
  serializeSafetensors,
  type TensorData,
} from '../../src/models/weights/safetensors.js'
import { type Reference, readReference, relativeError } from '../fixtures/reference/reference.js'
import { temporaryFolder } from './tinyModel.js'

const fixtures = 'test/fixtures/peft'
const cases = (await readdir(fixtures, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && entry.name !== 'bases')
  .map(({ name }) => name)
const folder = temporaryFolder()
const baseOf = async (name: string): Promise<string> =>
  join(fixtures, 'bases', (await readFile(join(fixtures, name, 'base'), 'utf8')).trim())

/** The base with a tokenizer, which an opened model has. */
async function withTokenizer(name: string): Promise<string> {
  const from = await baseOf(name)
  const to = join(folder, `${name}-base`)
  await mkdir(to, { recursive: true })
  for (const file of ['config.json', 'model.safetensors'])
    await writeFile(join(to, file), await readFile(join(from, file)))
  const model = { type: 'BPE', unk_token: 'a', vocab: { a: 0, b: 1 }, merges: [] }
  const none = { pre_tokenizer: null, decoder: null, normalizer: null, post_processor: null }
  await writeFile(join(to, 'tokenizer.json'), JSON.stringify({ version: '1.0', added_tokens: [], model, ...none }))
  return to
}

describe.each(cases)('%s equals PEFT', (name) => {
  let reference: Reference
  beforeAll(async () => {
    reference = await readReference(join(fixtures, name), await baseOf(name))
  })

  test('loss', async () => {
    const { network, adapter, examples, read } = reference
    const evaluator = new Evaluator(network, adapter.layout)
    const { loss } = await evaluator.evaluate(examples, adapter.values)
    await evaluator.dispose()
    expect(relativeError([loss], await read('loss'))).toBeLessThan(1e-5)
  })

  test('gradients, of all and of each sequence', async () => {
    const { network, adapter, examples, expected, read } = reference
    const has = (prefix: string): boolean => [...expected.tensors.keys()].some((key) => key.startsWith(prefix))
    const { parameters } = adapter.layout
    if (has('grad.')) {
      const tokens = examples.reduce((sum, example) => sum + labelCount(example), 0)
      const programs = new GradientPrograms(network, adapter.layout)
      const into = new Float32Array(adapter.layout.size)
      const shape = shapeFor(examples, examples.length, network.config.maximumLength)
      await programs.accumulate(examples, shape, adapter.values, 1 / tokens, into)
      await programs.dispose()
      for (const { name, offset, size } of parameters)
        expect([name, relativeError(into.subarray(offset, offset + size), await read(`grad.${name}`)) < 5e-5]).toEqual([
          name,
          true,
        ])
    }
    if (has('sample_grad.')) {
      const { gradients } = await sequenceGradients(network, adapter.layout, adapter.values, examples)
      for (const { name, offset, size } of parameters) {
        const all = await read(`sample_grad.${name}`)
        for (const i of examples.keys()) {
          const found = gradients.data.subarray(i * gradients.columns + offset, i * gradients.columns + offset + size)
          expect([name, i, relativeError(found, all.subarray(i * size, (i + 1) * size)) < 5e-5]).toEqual([
            name,
            i,
            true,
          ])
        }
      }
    }
  })

  test('what is written of it: names, shapes, bytes, and the fields of its configuration', async () => {
    const { adapter, network } = reference
    const config = JSON.parse(await readFile(join(fixtures, name, 'adapter/adapter_config.json'), 'utf8'))
    const to = join(folder, `${name}-written`)
    await mkdir(to, { recursive: true })
    await writeFile(join(to, 'adapter_model.safetensors'), Buffer.concat(serializeAdapter(adapter).parts))
    const written = adapterConfig(adapter.layout, { path: config.base_model_name_or_path })
    await writeFile(join(to, 'adapter_config.json'), JSON.stringify(written))
    expect((await openAdapter(to, network)).values).toEqual(adapter.values)
    // These are written as plain LoRA of twice the rank.
    if (['pissa', 'olora'].includes(config.init_lora_weights)) return
    const ours = await openSafetensors(join(to, 'adapter_model.safetensors'))
    const theirs = await openSafetensors(join(fixtures, name, 'adapter/adapter_model.safetensors'))
    // PEFT adds what the base itself has of embeddings and head.
    const adapted = [...theirs.tensors.keys()].filter((key) => !key.endsWith('.base_layer.weight'))
    expect([...ours.tensors.keys()].sort()).toEqual(adapted.sort())
    for (const key of adapted) expect(await readTensor(ours, key)).toEqual(await readTensor(theirs, key))
    const sets = ['target_modules', 'exclude_modules']
    for (const [field, value] of Object.entries({ ...written, init_lora_weights: config.init_lora_weights }))
      expect([field, sets.includes(field) && Array.isArray(value) ? new Set(value) : value]).toEqual([
        field,
        sets.includes(field) && Array.isArray(config[field]) ? new Set(config[field]) : (config[field] ?? value),
      ])
  })

  test('merged and exported', async () => {
    const { examples, read } = reference
    const base = await withTokenizer(name)
    const adapter = join(fixtures, name, 'adapter')
    for (const [write, to] of [[mergeAdapter, 'merged'] as const, [exportModel, 'exported'] as const]) {
      const output = join(folder, `${name}-${to}`)
      await write({ base, adapter, output })
      const evaluator = new Evaluator(await openBaseModel(output), undefined)
      const { loss } = await evaluator.evaluate(examples)
      await evaluator.dispose()
      expect(relativeError([loss], await read('loss'))).toBeLessThan(1e-5)
    }
  })
})

test('every field of PEFT’s LoraConfig is computed, harmless or refused', async () => {
  const fields = JSON.parse(await readFile(join(fixtures, 'fields.json'), 'utf8'))
  expect(Object.keys(peftFields).sort()).toEqual([...fields].sort())
})

test('embeddings and head that an adapter brings along must be the base’s own', async () => {
  const { network, adapter } = await readReference(join(fixtures, 'head'), await baseOf('head'))
  const path = join(folder, 'other-head')
  await mkdir(path, { recursive: true })
  const file = await openSafetensors(join(fixtures, 'head/adapter/adapter_model.safetensors'))
  const tensors = new Map(
    await Promise.all([...file.tensors.keys()].map(async (key) => [key, await readTensor(file, key)] as const)),
  )
  const key = 'base_model.model.lm_head.base_layer.weight'
  const { shape } = tensors.get(key) as TensorData
  const values = (await readFloat32(file, key)).slice()
  values[5] = (values[5] as number) + 1
  tensors.set(key, float32Tensor(values, shape))
  await writeFile(join(path, 'adapter_config.json'), await readFile(join(fixtures, 'head/adapter/adapter_config.json')))
  await writeFile(join(path, 'adapter_model.safetensors'), Buffer.concat(serializeSafetensors(tensors)))
  expect(adapter.layout.parameters.map(({ name }) => name)).toContain('lm_head.lora_A')
  await expect(openAdapter(path, network)).rejects.toMatchObject({
    code: 'OL1309',
    details: { reason: expect.stringContaining('lm_head') },
  })
})

describe('PiSSA and OLoRA where they cannot be computed', () => {
  const withConfig = async (name: string, changes: object): Promise<string> => {
    const path = join(folder, `${name}-changed`)
    await mkdir(path, { recursive: true })
    const from = join(fixtures, name, 'adapter')
    const config = JSON.parse(await readFile(join(from, 'adapter_config.json'), 'utf8'))
    await writeFile(join(path, 'adapter_config.json'), JSON.stringify({ ...config, ...changes }))
    await writeFile(join(path, 'adapter_model.safetensors'), await readFile(join(from, 'adapter_model.safetensors')))
    return path
  }

  test.each([
    ['head_tied', { init_lora_weights: 'pissa' }, 'tied to the embeddings'],
    ['pissa_gpt2', { init_lora_weights: 'OLoRA' }, 'layers of this kind'],
  ])('%s %j', async (name, changes, hint) => {
    const { network } = await readReference(join(fixtures, name), await baseOf(name))
    await expect(openAdapter(await withConfig(name, changes), network)).rejects.toMatchObject({
      code: 'OL1316',
      details: { field: 'init_lora_weights', hint: expect.stringContaining(hint) },
    })
  })

  test('to train further', async () => {
    const base = {
      ...(await readReference(join(fixtures, 'olora'), await baseOf('olora'))).network,
      path: 'base',
      hash: '0x00',
    }
    await expect(openFirstAdapter(join(fixtures, 'olora/adapter'), base as never, {})).rejects.toMatchObject({
      code: 'OL1316',
      hint: expect.stringContaining('path_initial_model_for_weight_conversion'),
    })
  })
})

test('the head comes apart from the embeddings where an adapter sits on one of them', async () => {
  const [base, merged] = await Promise.all(
    [await baseOf('head_tied'), join(folder, 'head_tied-merged')].map((path) =>
      openSafetensors(join(path, 'model.safetensors')),
    ),
  )
  const [before, after] = [base, merged] as [NonNullable<typeof base>, NonNullable<typeof merged>]
  expect([...after.tensors.keys()].sort()).toEqual([...before.tensors.keys(), 'lm_head.weight'].sort())
  const embedding = 'model.embed_tokens.weight'
  expect(await readFloat32(after, embedding)).toEqual(await readFloat32(before, embedding))
})
