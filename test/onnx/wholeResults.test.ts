import { expect, test } from '@jest/globals'
import { mul } from '../../src/onnx/graph/primitives/elementwise.js'
import { input } from '../../src/onnx/graph/primitives/inputs.js'
import { slice } from '../../src/onnx/graph/primitives/movement.js'
import { wholeResults } from '../../src/onnx/passes/wholeResults.js'
import { Program } from '../../src/onnx/runtime/Program.js'

const x = input('x', 'float32', [4, 3])
const square = mul(x, x)
const outputs = {
  tail: slice(square, 0, 3, 4),
  all: square,
  middle: slice(square, 0, 1, 3),
  columns: slice(square, 1, 0, 2),
}

test('rows of a tensor are taken out of it when the program is done; columns do not lie together', () => {
  const { whole, parts } = wholeResults(outputs)
  expect(whole).toEqual({ tail: square, columns: outputs.columns })
  expect(parts.get('middle')).toEqual({ of: 'tail', start: 3, end: 9 })
})

test('each result has its own elements', async () => {
  const program = await Program.compile(outputs)
  const results = await program.run({ x: Float32Array.from({ length: 12 }, (_, i) => i) })
  expect({ ...results }).toEqual({
    tail: Float32Array.of(81, 100, 121),
    all: Float32Array.from({ length: 12 }, (_, i) => i * i),
    middle: Float32Array.of(9, 16, 25, 36, 49, 64),
    columns: Float32Array.of(0, 1, 9, 16, 36, 49, 81, 100),
  })
  await program.dispose()
})
