import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { input, weight } from '../../src/onnx/graph/primitives/inputs.js'
import { matMul } from '../../src/onnx/graph/primitives/products.js'
import { Program } from '../../src/onnx/runtime/Program.js'
import { temporaryFolder } from '../models/tinyModel.js'

const folder = temporaryFolder()

test('a product of shapes that do not fit is refused when it is written down', () => {
  const [x, y] = [input('x', 'float32', [2, 3]), input('y', 'float32', [2, 3])]
  expect(() => matMul(x, y)).toThrow(expect.objectContaining({ code: 'OL1200' }))
})

test('weights that ONNX Runtime cannot read end with the reason that it gives', async () => {
  const path = join(folder, 'gone.safetensors')
  const w = weight('w', [3, 2], { path, offset: 0, length: 24 })
  const product = matMul(input('x', 'float32', [2, 3]), w)
  await expect(Program.compile({ product })).rejects.toMatchObject({ code: 'OL1204' })
})
