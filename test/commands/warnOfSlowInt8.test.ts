import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { productsOf, stepSpeedup } from '../../src/commands/views/warnOfSlowInt8.js'
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
