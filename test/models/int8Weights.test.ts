import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { GradientPrograms } from '../../src/lora/step/GradientPrograms.js'
import type { Network } from '../../src/models/architectures/Network.js'
import { openBaseModel } from '../../src/models/base/BaseModel.js'
import { labelCount, shapeFor } from '../../src/models/data/batch.js'
import { causalContext } from '../../src/models/layers/causalContext.js'
import { frozenLayers } from '../../src/models/layers/Linear.js'
import { Random } from '../../src/models/random.js'
import { int8Weights } from '../../src/models/weights/int8Weights.js'
import { gradient } from '../../src/onnx/graph/gradient.js'
import { mul } from '../../src/onnx/graph/primitives/elementwise.js'
import { input, weight } from '../../src/onnx/graph/primitives/inputs.js'
import { gemm } from '../../src/onnx/graph/primitives/products.js'
import { int8Weight } from '../../src/onnx/graph/primitives/quantized.js'
import type { Value } from '../../src/onnx/graph/Value.js'
import { programCost } from '../../src/onnx/passes/programCost.js'
import { int8Limit } from '../../src/onnx/runtime/int8Trial.js'
import { Program } from '../../src/onnx/runtime/Program.js'
import { openReference, relativeError } from '../fixtures/reference/reference.js'
import { temporaryFolder } from './tinyModel.js'

const folder = temporaryFolder()
const surroundings = { environment: { OPENLEDGER_CACHE: folder }, temporary: folder }
const hash = `0x${'cd'.repeat(32)}` as const

test('this processor’s trial finds a limit that products do not overflow', async () => {
  expect([127, 63]).toContain(await int8Limit())
})

describe('a product with an int8 weight', () => {
  const [rows, inputs, outputs] = [4, 64, 48]
  const random = new Random(5)
  const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.uniform() - 0.5)
  const w = numbers(outputs * inputs)
  // Rows a million apart, as gradients of tokens are, and one of zeros, as padding's.
  const x = numbers(rows * inputs).map((e, i) => e * ([1, 1e-6, 0, 1e6][Math.floor(i / inputs)] as number))
  const d = numbers(rows * outputs)

  async function int8(): Promise<Value> {
    const { network, folder: path } = await openReference('llama')
    const file = join(folder, 'w')
    await writeFile(file, new Uint8Array(w.buffer))
    const plain = weight('m.weight', [outputs, inputs], { path: file, offset: 0, length: w.byteLength })
    const architecture = {
      ...network.architecture,
      modules: () => [{ name: 'm', inputs, outputs, bias: false }],
      logits: (_config: unknown, _weights: unknown, hidden: Value) => hidden,
    }
    const limit = await int8Limit()
    const weights = await int8Weights(
      { ...network, architecture, weights: () => plain, path, hash },
      limit,
      surroundings,
    )
    return weights('m.weight', [outputs, inputs])
  }

  test('is near the float32 product in every row, forward and backward', async () => {
    const [a, seed] = [input('x', 'float32', [rows, inputs]), input('d', 'float32', [rows, outputs])]
    const plain = input('w', 'float32', [outputs, inputs])
    const pass = (matrix: Value) => {
      const y = gemm(a, matrix, { transB: true })
      return { y, dx: gradient(mul(y, seed), [a])[0] as Value }
    }
    const [found, wanted] = [await Program.compile(pass(await int8())), await Program.compile(pass(plain))]
    const [low, high] = [await found.run({ x, d }), await wanted.run({ x, d, w })]
    for (const row of [0, 1, 3]) {
      const part = (e: Float32Array, width: number) => e.subarray(row * width, (row + 1) * width)
      expect(relativeError(part(low.y, outputs), part(high.y, outputs))).toBeLessThan(0.03)
      expect(relativeError(part(low.dx, inputs), part(high.dx, inputs))).toBeLessThan(0.03)
    }
    expect(low.y.subarray(2 * outputs, 3 * outputs).every((e) => e === 0)).toBe(true)
  })

  test('error: a device without int8 products', async () => {
    const y = gemm(input('x', 'float32', [rows, inputs]), await int8(), { transB: true })
    await expect(Program.compile({ y }, { device: 'webgpu' })).rejects.toMatchObject({ code: 'OL1230', exitCode: 2 })
  })

  test('error: two copies that are not each other’s transpose', () => {
    const matrix = (shape: readonly [number, number]) => ({
      elements: input('e', 'int8', shape),
      scales: input('s', 'float32', [shape[1]]),
    })
    expect(() => int8Weight(matrix([2, 3]), matrix([2, 3]))).toThrow(/Int8Weight.*transposed/)
  })
})

test.each(['llama', 'gpt2', 'gpt_neox', 'gemma3', 'phi3', 'qwen3'])(
  'a training step of %s: loss and gradient are near those of float32',
  async (name) => {
    const { network, folder: path, adapter, examples } = await openReference(name)
    const limit = await int8Limit()
    const tokens = examples.reduce((sum, example) => sum + labelCount(example), 0)
    const shape = shapeFor(examples, examples.length, network.config.maximumLength)
    const step = async (base: Network) => {
      const programs = new GradientPrograms(base, adapter.layout)
      const into = new Float32Array(adapter.layout.size)
      const loss = await programs.accumulate(examples, shape, adapter.values, 1 / tokens, into)
      await programs.dispose()
      return { loss, gradient: into }
    }
    const id = createHash('sha256').update(name).digest('hex')
    const weights = await int8Weights({ ...network, path, hash: `0x${id}` }, limit, surroundings)
    const [found, wanted] = [await step({ ...network, weights }), await step(network)]
    expect(relativeError([found.loss], [wanted.loss])).toBeLessThan(2e-3)
    expect(relativeError(found.gradient, wanted.gradient)).toBeLessThan(0.08)
    expect(relativeError(found.gradient, wanted.gradient)).toBeGreaterThan(1e-4)
  },
)

test('copies in int8, scales and the slices of the head are no further parameters', async () => {
  const { network, folder: path } = await openReference('llama')
  const weights = await int8Weights({ ...network, path, hash: `0x${'ab'.repeat(32)}` }, 127, surroundings)
  const count = (base: Network): number => {
    const { architecture, config, weights } = base
    const context = causalContext({ batch: 1, length: 4 })
    const layers = frozenLayers(weights)
    const hidden = architecture.hidden(config, weights, layers, context)
    return programCost({ logits: architecture.logits(config, layers, hidden) }).weights
  }
  expect(count({ ...network, weights })).toBe(count(network))
})

test('error: quantized and computed in int8 at once', async () => {
  const opening = openBaseModel('base-model', { quantize: 'int4', compute: 'int8' })
  await expect(opening).rejects.toMatchObject({ code: 'OL1360', exitCode: 2 })
})
