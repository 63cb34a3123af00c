import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { sequenceGradients } from '../../src/attribution/gradients/sequenceGradients.js'
import { GradientPrograms } from '../../src/lora/step/GradientPrograms.js'
import { initialValues, setFromBase } from '../../src/lora/step/initialValues.js'
import { openAdapter, serializeAdapter } from '../../src/models/adapter/adapter.js'
import { adapterConfig } from '../../src/models/adapter/adapterConfig.js'
import { adapterLayout } from '../../src/models/adapter/adapterLayout.js'
import { labelCount } from '../../src/models/data/batch.js'
import { Random } from '../../src/models/random.js'
import { Evaluator } from '../../src/models/run/evaluate.js'
import { openSafetensors, readTensor } from '../../src/models/weights/safetensors.js'
import { gradient } from '../../src/onnx/graph/gradient.js'
import { add, detach, mul } from '../../src/onnx/graph/primitives/elementwise.js'
import { input } from '../../src/onnx/graph/primitives/inputs.js'
import { Program } from '../../src/onnx/runtime/Program.js'
import { openReference, type Reference, relativeError } from '../fixtures/reference/reference.js'
import { temporaryFolder } from '../models/tinyModel.js'

const folder = temporaryFolder()

describe.each(['lora_dropout', 'dora'])('%s equals PEFT', (variant) => {
  let reference: Reference
  let shape: { batch: number; length: number; labels: number }
  let tokens: number

  beforeAll(async () => {
    reference = await openReference(variant)
    const batch = reference.examples.length
    const length = Math.max(...reference.examples.map(({ ids }) => ids.length))
    tokens = reference.examples.reduce((sum, example) => sum + labelCount(example), 0)
    shape = { batch, length, labels: tokens }
  })

  const expectParts = async (values: Float32Array, prefix: string): Promise<void> => {
    for (const { name, offset, size } of reference.adapter.layout.parameters)
      expect([
        name,
        relativeError(values.subarray(offset, offset + size), await reference.read(`${prefix}${name}`)),
      ]).toEqual([name, expect.closeTo(0, 4)])
  }

  test('loss without dropout', async () => {
    const { network, adapter, examples, read } = reference
    const evaluator = new Evaluator(network, adapter.layout)
    const { loss } = await evaluator.evaluate(examples, adapter.values)
    expect(relativeError([loss], await read('loss'))).toBeLessThan(1e-5)
    await evaluator.dispose()
  })

  test('gradient without dropout', async () => {
    const { network, adapter, examples } = reference
    const into = new Float32Array(adapter.layout.size)
    const programs = new GradientPrograms(network, adapter.layout)
    await programs.accumulate(examples, shape, adapter.values, 1 / tokens, into)
    await expectParts(into, 'grad.')
    await programs.dispose()
  })

  test('loss and gradient with dropout, on the masks that PEFT drew', async () => {
    const { network, adapter, examples, read } = reference
    const modules = adapter.layout.parameters.filter(({ side }) => side === 'lora_A').map(({ module }) => module)
    const masks = await Promise.all(modules.map((module) => read(`mask.${module}`)))
    const random = {
      fillDropout: (into: Float32Array): void => into.set(masks.shift() as Float32Array),
      fillSymmetric: () => expect('noise').toBe('none'),
    }
    const into = new Float32Array(adapter.layout.size)
    const programs = new GradientPrograms(network, adapter.layout, { random })
    const loss = await programs.accumulate(examples, shape, adapter.values, 1 / tokens, into)
    expect(masks).toEqual([])
    expect(relativeError([loss], await read('dropped_loss'))).toBeLessThan(1e-5)
    await expectParts(into, 'dropped_grad.')
    await programs.dispose()
  })

  test('gradient of each sequence', async () => {
    const { network, adapter, examples, read } = reference
    const { gradients } = await sequenceGradients(network, adapter.layout, adapter.values, examples)
    for (const { name, offset, size } of adapter.layout.parameters) {
      const all = await read(`sample_grad.${name}`)
      for (const i of examples.keys()) {
        const found = gradients.data.subarray(i * gradients.columns + offset, i * gradients.columns + offset + size)
        expect([name, relativeError(found, all.subarray(i * size, (i + 1) * size))]).toEqual([
          name,
          expect.closeTo(0, 4),
        ])
      }
    }
  })

  test('names, shapes and bytes on disk; every field of the configuration', async () => {
    const { adapter } = reference
    const path = join(folder, `${variant}.safetensors`)
    await writeFile(path, Buffer.concat(serializeAdapter(adapter).parts))
    const theirs = await openSafetensors(join(reference.folder, 'adapter/adapter_model.safetensors'))
    const ours = await openSafetensors(path)
    expect([...ours.tensors.keys()].sort()).toEqual([...theirs.tensors.keys()].sort())
    for (const name of theirs.tensors.keys())
      expect(await readTensor(ours, name)).toEqual(await readTensor(theirs, name))
    const config = JSON.parse(await readFile(join(reference.folder, 'adapter/adapter_config.json'), 'utf8'))
    const {
      base_model_name_or_path: _,
      target_modules: targets,
      ...rest
    } = adapterConfig(adapter.layout, { path: 'b' })
    expect(config).toMatchObject(rest)
    expect([...(targets as string[])].sort()).toEqual([...config.target_modules].sort())
  })
})

test('magnitudes begin as the norms of the rows, as in PEFT, and the adapter then changes nothing', async () => {
  const { network, adapter, examples, read } = await openReference('dora')
  const values = initialValues(adapter.layout, new Random(1))
  await setFromBase(network, adapter.layout, values)
  for (const { name, side, offset, size } of adapter.layout.parameters)
    if (side === 'lora_magnitude_vector')
      expect(relativeError(values.subarray(offset, offset + size), await read(`initial.${name}`))).toBeLessThan(1e-6)
  const evaluators = [new Evaluator(network, undefined), new Evaluator(network, adapter.layout)]
  const [plain, adapted] = await Promise.all(evaluators.map((each) => each.evaluate(examples, values)))
  await Promise.all(evaluators.map((each) => each.dispose()))
  expect(adapted?.loss).toBeCloseTo(plain?.loss as number, 5)
})

test('what is detached is a constant to differentiation', async () => {
  const x = input('x', 'float32', [2])
  const y = add(mul(x, detach(mul(x, x))), x)
  const program = await Program.compile({ y, dx: gradient(y, [x])[0] as typeof y })
  const { y: values, dx } = await program.run({ x: Float32Array.of(2, -3) })
  await program.dispose()
  expect([[...values], [...dx]]).toEqual([
    [10, -30],
    [5, 10],
  ])
})

describe('dropout', () => {
  test('keeps 1 - p of the elements, scaled so that their mean stays', () => {
    for (const p of [0.05, 0.5, 0.9]) {
      const mask = new Float32Array(100_001)
      new Random(3).fillDropout(mask, p)
      const kept = mask.filter((value) => value !== 0)
      expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - p))]))
      // Four standard errors.
      expect(Math.abs(kept.length / mask.length - (1 - p))).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / mask.length))
    }
  })

  test('draws on where the generator stands, two elements of each number', () => {
    const mask = new Float32Array(6)
    const random = new Random(9)
    random.fillDropout(mask, 0.5)
    const same = new Random(9)
    for (const i of [0, 1, 2]) {
      const bits = same.uniform() * 2 ** 32
      expect([...mask.subarray(2 * i, 2 * i + 2)]).toEqual([bits % 65536 < 32768 ? 0 : 2, bits < 2 ** 31 ? 0 : 2])
    }
    expect(random.uniform()).toBe(same.uniform())
  })
})

test('gaussian: lora_A is normal with a standard deviation of 1 / rank, lora_B zero', async () => {
  const { network } = await openReference('llama')
  const layout = adapterLayout(network, { rank: 16, alpha: 16, targetModules: 'all-linear' })
  const values = initialValues(layout, new Random(2), 'gaussian')
  const a = layout.parameters.flatMap(({ side, offset, size }) =>
    side === 'lora_A' ? [...values.subarray(offset, offset + size)] : [],
  )
  const moment = (n: number): number => a.reduce((sum, value) => sum + (value * 16) ** n, 0) / a.length
  expect([1, 2, 3, 4].map(moment)).toEqual([0, 1, 0, 3].map((value) => expect.closeTo(value, 0.6)))
  const b = layout.parameters.filter(({ side }) => side === 'lora_B')
  expect(b.every(({ offset, size }) => values.subarray(offset, offset + size).every((value) => value === 0))).toBe(true)
})

describe('decoder layers', () => {
  test.each<[readonly string[] | string, object]>([
    [['q_proj', 'v_proj'], { target_modules: ['q_proj', 'v_proj'], layers_to_transform: [1] }],
    [
      'all-linear',
      {
        target_modules: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
        layers_to_transform: [1],
      },
    ],
    // PEFT refuses a pattern with a choice of layers.
    ['.*q_proj', { target_modules: ['model.layers.1.self_attn.q_proj'] }],
  ])('%j of layer 1, written for PEFT and read again', async (targetModules, written) => {
    const { network } = await openReference('llama')
    const layout = adapterLayout(network, { rank: 2, alpha: 4, targetModules, layers: [1] })
    expect(layout.parameters.every(({ module }) => module.startsWith('model.layers.1.'))).toBe(true)
    const config = adapterConfig(layout, { path: 'base' })
    expect(config).toMatchObject(written)
    const values = new Float32Array(layout.size).map((_, i) => i)
    await writeFile(join(folder, 'adapter_config.json'), JSON.stringify(config))
    await writeFile(
      join(folder, 'adapter_model.safetensors'),
      Buffer.concat(serializeAdapter({ layout, values }).parts),
    )
    expect((await openAdapter(folder, network)).values).toEqual(values)
  })

  test('that do not exist are refused', async () => {
    const { network } = await openReference('llama')
    expect(() => adapterLayout(network, { rank: 2, alpha: 4, targetModules: 'all-linear', layers: [0, 2] })).toThrow(
      expect.objectContaining({ code: 'OL1425', details: { layer: 2, last: 1 } }),
    )
  })
})
