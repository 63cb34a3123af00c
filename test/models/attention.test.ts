import { describe, expect, test } from '@jest/globals'
import { causalAttention, maskedAttention } from '../../src/models/layers/attention.js'
import { causalMask } from '../../src/onnx/graph/composites.js'
import { gradient } from '../../src/onnx/graph/gradient.js'
import { mul } from '../../src/onnx/graph/primitives/elementwise.js'
import { input } from '../../src/onnx/graph/primitives/inputs.js'
import { reduceSum } from '../../src/onnx/graph/primitives/reductions.js'
import { type Shape, sizeOf, topologicalOrder, type Value } from '../../src/onnx/graph/Value.js'
import { lower } from '../../src/onnx/passes/lower.js'
import { Program } from '../../src/onnx/runtime/Program.js'

const [B, H, K, T, D] = [1, 4, 2, 200, 4]
const shapes = { query: [B, H, T, D], key: [B, K, T, D], value: [B, K, T, D] } as const
const inputs = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]) => [name, input(name, 'float32', shape)]),
) as Record<keyof typeof shapes, Value>
const feeds = Object.fromEntries(
  Object.entries(shapes).map(([name, shape], i) => [
    name,
    Float32Array.from({ length: sizeOf(shape) }, (_, k) => 2 * Math.sin((i + 1.3) * k)),
  ]),
)

/** The attention's output, and the gradients of the sum of its squares. */
function outputs(attention: typeof maskedAttention, mask: Value) {
  const { query, key, value } = inputs
  const y = attention(query, key, value, mask, 0.5)
  const [dQuery, dKey, dValue] = gradient(reduceSum(mul(y, y), [0, 1, 2, 3]), [query, key, value]) as [
    Value,
    Value,
    Value,
  ]
  return { y, dQuery, dKey, dValue }
}

const elements = (values: Readonly<Record<string, Value>>, op: string, ofShape: (shape: Shape) => boolean): number =>
  topologicalOrder(Object.values(values))
    .filter(({ operation, shape }) => operation.op === op && ofShape(shape))
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0)

describe('causalAttention', () => {
  test.each([
    ['all before', undefined],
    ['a window', 20],
  ])('in blocks it equals attention under the mask, gradients too: %s', async (_, window) => {
    const mask = causalMask(T, window)
    const [blocks, whole] = [outputs(causalAttention, mask), outputs(maskedAttention, mask)]
    const program = await Program.compile<string>({
      ...blocks,
      ...Object.fromEntries(Object.entries(whole).map(([name, value]) => [`whole.${name}`, value])),
    })
    const result = await program.run(feeds)
    for (const name of Object.keys(blocks)) {
      const [a, b] = [result[name] as Float32Array, result[`whole.${name}`] as Float32Array]
      expect(a).toHaveLength(b.length)
      for (const [i, wanted] of b.entries()) expect(Math.abs((a[i] as number) - wanted)).toBeLessThan(1e-4)
    }
    await program.dispose()
  })

  test('leaves out most of what the mask hides', () => {
    const wide = (shape: Shape): boolean => (shape.at(-1) as number) > D
    const mask = causalMask(T)
    const computed = elements({ y: outputs(causalAttention, mask).y }, 'Softmax', wide)
    expect(computed / (B * H * T * T)).toBeLessThan(0.7)
  })

  test('the gradient sums rows of the output, not of the probabilities', () => {
    const sums = (values: Readonly<Record<string, Value>>): number =>
      elements(values, 'Mul', (shape) => shape.at(-1) === T)
    const { dQuery } = outputs(maskedAttention, causalMask(T))
    // Of the two products of probabilities and their gradients, the one that only a row's sum read is gone.
    expect(sums(lower({ dQuery }, 'cpu'))).toBe(sums({ dQuery }) - B * H * T * T)
  })
})
