import { describe, expect, test } from '@jest/globals'
import { add, exp } from '../../src/onnx/graph/primitives/elementwise.js'
import { input } from '../../src/onnx/graph/primitives/inputs.js'
import { gemm } from '../../src/onnx/graph/primitives/products.js'
import { topologicalOrder, type Value } from '../../src/onnx/graph/Value.js'
import { fuseSums } from '../../src/onnx/passes/fuseSums.js'
import { Program } from '../../src/onnx/runtime/Program.js'

const matrix = (name: string): Value => input(name, 'float32', [2, 2])
const operations = (value: Value): string[] => topologicalOrder([value]).map(({ operation }) => operation.op)
const feeds = { a: Float32Array.of(1, 2, 3, 4), b: Float32Array.of(5, 6, 7, 8), c: Float32Array.of(9, 10, 11, 12) }

describe('fuseSums', () => {
  test('a sum of products becomes a chain of Gemm, equal to the sum', async () => {
    const [a, b, c] = [matrix('a'), matrix('b'), matrix('c')]
    const y = add(add(gemm(a, b), gemm(b, c, { transB: true })), gemm(c, a, { transA: true }))
    expect(operations(fuseSums({ y }).y)).not.toContain('Add')
    const program = await Program.compile({ y, plain: add(exp(y), exp(y)) })
    const result = await program.run(feeds)
    // [19 22; 43 50] + [105 127; 143 173] + [42 62; 46 68]
    expect([...result.y]).toEqual([166, 211, 232, 291])
  })

  test('a product that something else reads is left alone', () => {
    const [a, b, c] = [matrix('a'), matrix('b'), matrix('c')]
    const product = gemm(a, b)
    const fused = fuseSums({ y: add(product, c), product })
    expect(operations(fused.y)).toContain('Add')
    expect(fused.product).toBe(product)
  })

  test('a broadcast sum is left alone', () => {
    const [a, b] = [matrix('a'), matrix('b')]
    const y = add(gemm(a, b), input('row', 'float32', [1, 2]))
    expect(operations(fuseSums({ y }).y)).toContain('Add')
  })
})
