import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { GradientPrograms } from '../../src/lora/step/GradientPrograms.js'
import { initialValues, setFromBase } from '../../src/lora/step/initialValues.js'
import type { Network } from '../../src/models/architectures/Network.js'
import { labelCount, shapeFor } from '../../src/models/data/batch.js'
import type { Weights } from '../../src/models/layers/Linear.js'
import { Random } from '../../src/models/random.js'
import { Evaluator } from '../../src/models/run/evaluate.js'
import { quantizations } from '../../src/models/weights/precision.js'
import { packInt4, quantizationBlock, quantizeBlocks } from '../../src/models/weights/quantizeBlocks.js'
import { quantizedWeights } from '../../src/models/weights/quantizedWeights.js'
import { gradient } from '../../src/onnx/graph/gradient.js'
import { constant, input, weight } from '../../src/onnx/graph/primitives/inputs.js'
import { gemm } from '../../src/onnx/graph/primitives/products.js'
import { dequantize } from '../../src/onnx/graph/primitives/quantized.js'
import { sizeOf, type Value } from '../../src/onnx/graph/Value.js'
import { Program } from '../../src/onnx/runtime/Program.js'
import { openReference, type Reference, relativeError } from '../fixtures/reference/reference.js'
import { temporaryFolder } from './tinyModel.js'

const folder = temporaryFolder()

function randomMatrix(rows: number, columns: number): Float32Array {
  const random = new Random(3)
  return Float32Array.from({ length: rows * columns }, () => random.uniform() - 0.5)
}

/** The other way round, by the definition. */
function dequantized(data: Float32Array, shape: readonly [number, number], axis: 0 | 1, to: 'int8' | 'int4') {
  const { elements, scales } = quantizeBlocks(data, shape, axis, to)
  const [, columns] = shape
  const blocks = Math.ceil(columns / quantizationBlock)
  return Float32Array.from(elements, (element, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns]
    const at =
      axis === 1
        ? row * blocks + Math.floor(column / quantizationBlock)
        : Math.floor(row / quantizationBlock) * columns + column
    return element * (scales[at] as number)
  })
}

describe('blocks', () => {
  test.each([
    ['int8', 0.5 / 127 / 2],
    // A whole step: 8 steps up are one more than there are.
    ['int4', 0.5 / 8],
  ] as const)('%s: no element is off by more than its block’s scale allows', (to, limit) => {
    // The last block of each row is shorter.
    const data = randomMatrix(3, 40)
    for (const axis of [0, 1] as const) {
      const found = dequantized(data, [3, 40], axis, to)
      for (const [i, x] of data.entries()) expect(Math.abs(x - (found[i] as number))).toBeLessThan(limit + 1e-7)
    }
  })

  test('int4 takes the largest element to -8, whatever its sign, and zeros stay zeros', () => {
    const data = new Float32Array(96)
    data.set([4, -2, 1], 0)
    data.set([-4, 2, 3.9], 32)
    const { elements, scales } = quantizeBlocks(data, [1, 96], 1, 'int4')
    expect([...scales]).toEqual([-0.5, 0.5, 0])
    expect([...elements.subarray(0, 3)]).toEqual([-8, 4, -2])
    // 3.9 / 0.5 would be 8, which there is not.
    expect([...elements.subarray(32, 35)]).toEqual([-8, 4, 7])
    expect(elements.subarray(64).every((e) => e === 0)).toBe(true)
  })

  test('two int4 lie in a byte, the first in the lower half', () => {
    expect([...packInt4(Int8Array.of(1, -1, -8, 7, 3))]).toEqual([0xf1, 0x78, 0x03])
  })
})

const hash = `0x${'ab'.repeat(32)}` as const
const surroundings = (name: string) => ({ environment: { OPENLEDGER_CACHE: join(folder, name) }, temporary: folder })

async function quantizedNetwork({ network, folder: path }: Reference, to: 'int8' | 'int4'): Promise<Network> {
  return {
    ...network,
    weights: await quantizedWeights({ ...network, path, hash }, to, surroundings(`cache-${basename(path)}`)),
  }
}

/** The same model with the dequantized weights in float32. */
async function floatNetwork(reference: Reference, to: 'int8' | 'int4'): Promise<Network> {
  const { network } = reference
  const modules = new Map(network.architecture.modules(network.config).map((each) => [`${each.name}.weight`, each]))
  const values = new Map<string, Value>()
  for (const [name, { inputs, outputs, transposed = false }] of modules) {
    const shape = transposed ? ([inputs, outputs] as const) : ([outputs, inputs] as const)
    const { operation } = network.weights(name, shape)
    if (operation.op !== 'Weight') throw new Error(`${name} is no weight`)
    const { path, offset } = operation.data
    const bytes = (await readFile(path)).subarray(offset, offset + 4 * sizeOf(shape))
    const data = new Float32Array(Uint8Array.from(bytes).buffer)
    values.set(name, constant(dequantized(data, shape, transposed ? 0 : 1, to), shape))
  }
  return { ...network, weights: (name, shape) => values.get(name) ?? network.weights(name, shape) }
}

async function lossAndGradient(network: Network, { adapter, examples }: Reference) {
  const programs = new GradientPrograms(network, adapter.layout)
  const gradient = new Float32Array(adapter.layout.size)
  const tokens = examples.reduce((sum, example) => sum + labelCount(example), 0)
  const shape = shapeFor(examples, examples.length, network.config.maximumLength)
  const loss = await programs.accumulate(examples, shape, adapter.values, 1 / tokens, gradient)
  await programs.dispose()
  return { loss, gradient }
}

describe('a quantized model', () => {
  // Of DoRA too, whose rows are scaled by the norms of the dequantized weights; in float32 it is equal to PEFT's (variants).
  test.each(quantizations.flatMap((to) => [[to, 'llama'] as const, [to, 'dora'] as const]))(
    'in %s has the loss and the gradient of its dequantized weights: %s',
    async (to, name) => {
      const reference = await openReference(name)
      const [found, wanted, whole] = [
        await lossAndGradient(await quantizedNetwork(reference, to), reference),
        await lossAndGradient(await floatNetwork(reference, to), reference),
        await lossAndGradient(reference.network, reference),
      ]
      expect(relativeError([found.loss], [wanted.loss])).toBeLessThan(1e-5)
      expect(relativeError(found.gradient, wanted.gradient)).toBeLessThan(1e-5)
      // It is another model than the one in float32, though not by much.
      const difference = relativeError(found.gradient, whole.gradient)
      expect(difference).toBeGreaterThan(1e-4)
      expect(difference).toBeLessThan(to === 'int8' ? 0.03 : 0.5)
    },
  )

  test.each(quantizations)('in %s gives DoRA the magnitudes of its dequantized rows, to begin with', async (to) => {
    const reference = await openReference('dora')
    const { layout } = reference.adapter
    const [quantized, float] = [await quantizedNetwork(reference, to), await floatNetwork(reference, to)]
    const begin = async (network: Network): Promise<Float32Array> => {
      const values = initialValues(layout, new Random(1))
      await setFromBase(network, layout, values)
      return values
    }
    const [found, wanted] = [await begin(quantized), await begin(float)]
    expect(relativeError(found, wanted)).toBeLessThan(1e-6)
    // So that the adapter changes nothing yet.
    const loss = async (values: Float32Array | undefined): Promise<number> => {
      const evaluator = new Evaluator(quantized, values && layout)
      return (await evaluator.evaluate(reference.examples, values).finally(() => evaluator.dispose())).loss
    }
    expect(relativeError([await loss(found)], [await loss(undefined)])).toBeLessThan(1e-5)
  })
})

test.each(quantizations)('a layer kept as [inputs, outputs], as GPT-2 does: %s', async (to) => {
  const [inputs, outputs] = [40, 3]
  const data = randomMatrix(inputs, outputs)
  const { elements, scales } = quantizeBlocks(data, [inputs, outputs], 0, to)
  const path = join(folder, `transposed-${to}`)
  const bytes = Buffer.from(to === 'int4' ? packInt4(elements) : new Uint8Array(elements.buffer))
  await writeFile(path, Buffer.concat([new Uint8Array(scales.buffer), bytes]))
  const w = dequantize(
    weight('w', [inputs, outputs], { path, offset: scales.byteLength, length: bytes.length }, to),
    weight('scales', [2, outputs], { path, offset: 0, length: scales.byteLength }),
    0,
    quantizationBlock,
  )
  const x = input('x', 'float32', [1, inputs])
  const program = await Program.compile({ y: gemm(x, w), dx: gradient(gemm(x, w), [x])[0] as Value })
  const { y, dx } = await program.run({ x: new Float32Array(inputs).fill(1) })
  const wanted = dequantized(data, [inputs, outputs], 0, to)
  const column = (j: number): number => wanted.reduce((sum, e, i) => (i % outputs === j ? sum + e : sum), 0)
  expect(relativeError(y, [0, 1, 2].map(column))).toBeLessThan(1e-6)
  const row = (i: number): number => wanted.subarray(i * outputs, (i + 1) * outputs).reduce((sum, e) => sum + e, 0)
  expect(
    relativeError(
      dx,
      Array.from({ length: inputs }, (_, i) => row(i)),
    ),
  ).toBeLessThan(1e-6)
})

describe('the file of quantized weights', () => {
  test('is written once, found again, and written again when it is damaged', async () => {
    const { network, folder: path } = await openReference('llama')
    const open = () => quantizedWeights({ ...network, path, hash }, 'int4', surroundings('once'))
    await open()
    const [name, ...more] = await readdir(join(folder, 'once', 'weights'))
    expect([name, more]).toEqual([`${'ab'.repeat(16)}-int4-32.safetensors`, []])
    const file = join(folder, 'once', 'weights', name as string)
    const bytes = await readFile(file)
    await truncate(file, bytes.length - 1)
    await open()
    expect(await readFile(file)).toEqual(bytes)
  })

  test('error: a weight that is not finite', async () => {
    const { network, folder: path } = await openReference('llama')
    const notFinite = join(folder, 'nan')
    await writeFile(notFinite, Buffer.alloc(2 ** 16, 0xff))
    const weights: Weights = (name, shape) =>
      weight(name, shape, { path: notFinite, offset: 0, length: 4 * sizeOf(shape) })
    const opening = quantizedWeights({ ...network, weights, path, hash }, 'int8', surroundings('bad'))
    await expect(opening).rejects.toMatchObject({ code: 'OL1314' })
    expect(await readdir(join(folder, 'bad', 'weights'))).toEqual([])
  })
})
