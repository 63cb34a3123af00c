import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { productsOf, stepSpeedup, warnOfSlowInt8 } from '../../src/commands/views/warnOfSlowInt8.js'
import { readJson } from '../../src/files/readText.js'
import { readArchitecture } from '../../src/models/architectures/architectures.js'
import { productShare } from '../../src/models/data/chooseShapes.js'
import { int8Speedup, type ProductShape } from '../../src/onnx/runtime/int8Trial.js'

const layer = (inputs: number, outputs: number) => ({ name: 'm', inputs, outputs, bias: false })
/** Float32 in the time of its operations; int8 four times as fast, but for what it takes to round. */
const time = async ({ rows, inner, columns }: ProductShape) => ({
  float32: (rows * inner * columns) / 1e6,
  int8: (rows * inner * columns) / 4e6 + (rows * inner) / 1e4,
})

test('what int8 gains is that of the products of the model, each as often as it comes', async () => {
  const products = productsOf([layer(64, 64), layer(64, 64), layer(64, 172)], { hiddenSize: 64, vocabSize: 512 }, 256)
  expect(products).toEqual([
    { rows: 256, inner: 64, columns: 64, count: 2 },
    { rows: 256, inner: 64, columns: 172, count: 1 },
    { rows: 64, inner: 64, columns: 512, count: 1 },
  ])
  const float32 = 256 * 64 * (2 * 64 + 172) + 64 * 64 * 512
  const int8 = float32 / 4 + 3 * 256 * 64 * 100 + 64 * 64 * 100
  expect(await int8Speedup(products, time)).toBeCloseTo(float32 / int8, 10)
})

test('narrow layers lose what wide ones gain', async () => {
  const speedup = (width: number) =>
    int8Speedup(productsOf([layer(width, width)], { hiddenSize: width, vocabSize: width }, 256), time)
  expect(await speedup(64)).toBeLessThan(1)
  expect(await speedup(1024)).toBeGreaterThan(2)
})

test('products larger than those tried count by their operations', async () => {
  const tried: ProductShape[] = []
  const once = (shape: ProductShape) => {
    tried.push(shape)
    return time(shape)
  }
  const products = [
    { rows: 4096, inner: 4096, columns: 14336, count: 1 },
    { rows: 4096, inner: 4096, columns: 4096, count: 3 },
  ]
  const capped = await time({ rows: 512, inner: 2048, columns: 2048 })
  expect(await int8Speedup(products, once)).toBeCloseTo(capped.float32 / capped.int8, 10)
  expect(tried).toEqual([{ rows: 512, inner: 2048, columns: 2048 }])
})

test('a step gains as its products are a part of it', async () => {
  const share = async (name: string) => {
    const folder = join('test/fixtures/reference', name)
    const network = readArchitecture(folder, await readJson(join(folder, 'config.json')))
    return productShare(network, { batch: 4, length: 128, labels: 128 })
  }
  // Narrow layers, as those of the reference are: most of a step is what lies between the products.
  expect(await share('llama')).toBeLessThan(0.2)
  const bundled = readArchitecture('base-model', await readJson('base-model/config.json'))
  const ofBundled = productShare(bundled, { batch: 4, length: 128, labels: 128 })
  expect(ofBundled).toBeGreaterThan(0.35)
  expect(ofBundled).toBeLessThan(0.6)
  expect([stepSpeedup(4, 0), stepSpeedup(4, 1), stepSpeedup(4, 0.5)]).toEqual([1, 4, 1.6])
})

test.each([
  { products: 0.5, told: 'warn' },
  { products: 1.5, told: 'warn' },
  { products: 8, told: 'note' },
])('int8 products $products times as fast on the bundled model lead to a $told', async ({ products, told }) => {
  const bundled = readArchitecture('base-model', await readJson('base-model/config.json'))
  const step = stepSpeedup(products, productShare(bundled, { batch: 4, length: 128, labels: 128 }))
  const said: [string, string][] = []
  const output = {
    warn: (text: string) => said.push(['warn', text]),
    note: (text: string) => said.push(['note', text]),
  }
  await warnOfSlowInt8(output, 'base-model', 4, async () => ({ float32: products, int8: 1 }))
  expect(step >= 1.3).toBe(told === 'note')
  const found = `On this computer the products of this model run ${products.toFixed(2)} times as fast in int8 as in float32, and a whole training step runs about ${step.toFixed(2)} times as fast`
  expect(said).toEqual([
    [told, told === 'warn' ? `${found}. int8 pays from 1.3 times on: use --compute float32` : found],
  ])
})

test('int8 pays from a whole step of 1.3 times the speed on, and not just below', async () => {
  const bundled = readArchitecture('base-model', await readJson('base-model/config.json'))
  const share = productShare(bundled, { batch: 4, length: 128, labels: 128 })
  const toldAt = async (step: number) => {
    // The speed of the products at which a step has that speed.
    const products = share / (1 / step - 1 + share)
    const said: string[] = []
    const output = { warn: () => said.push('warn'), note: () => said.push('note') }
    await warnOfSlowInt8(output, 'base-model', 4, async () => ({ float32: products, int8: 1 }))
    return said
  }
  expect(await toldAt(1.299)).toEqual(['warn'])
  expect(await toldAt(1.301)).toEqual(['note'])
})
