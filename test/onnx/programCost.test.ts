import { expect, test } from '@jest/globals'
import { crossEntropy } from '../../src/onnx/graph/composites.js'
import { gradient } from '../../src/onnx/graph/gradient.js'
import { add, exp, mul } from '../../src/onnx/graph/primitives/elementwise.js'
import { constant, input, weight } from '../../src/onnx/graph/primitives/inputs.js'
import { reshape, transpose } from '../../src/onnx/graph/primitives/movement.js'
import { gemm, matMul } from '../../src/onnx/graph/primitives/products.js'
import { reduceSum } from '../../src/onnx/graph/primitives/reductions.js'
import type { Value } from '../../src/onnx/graph/Value.js'
import { programCost } from '../../src/onnx/passes/programCost.js'

const x = (...shape: number[]): Value => input(`x${shape.join('x')}`, 'float32', shape)

test('a product is two operations for each pair of factors, however its factors lie', () => {
  expect(programCost({ y: matMul(x(4, 2, 3), x(3, 5)) }).productOperations).toBe(2 * 4 * 2 * 3 * 5)
  expect(programCost({ y: gemm(x(3, 2), x(5, 3), { transA: true, transB: true }) }).productOperations).toBe(
    2 * 2 * 3 * 5,
  )
})

test('what several parts of a program want is computed once', () => {
  // A head over three slices of the vocabulary: the loss wants their logits, and so does the gradient.
  const w = weight('w', [3 * 2032, 8], { path: '/nowhere', offset: 0, length: 4 * 8 * 3 * 2032 })
  const hidden = x(64, 8)
  const logits = gemm(hidden, w, { transB: true })
  const loss = reshape(reduceSum(crossEntropy(logits, input('labels', 'int32', [64, 1])), [0, 1]), [])
  const [gradientOfHidden] = gradient(loss, [hidden]) as [Value]
  const { products } = programCost({ loss, gradientOfHidden })
  expect(products.reduce((sum, { count }) => sum + count, 0)).toBe(3 + 3)
})

test('other operators count by what they write; a change of shape writes nothing', () => {
  const scaled = mul(reshape(x(2, 6), [3, 4]), constant(Float32Array.of(2), []))
  expect(programCost({ y: transpose(scaled, [1, 0]) })).toMatchObject({ otherElements: 24, weightBytes: 0 })
})

test('memory is what lives at one time', () => {
  // a and b both live when their sum is made, which may lie in the place of either.
  const [a, b] = [transpose(x(10, 10), [1, 0]), exp(x(10, 10))]
  expect(programCost({ y: add(a, b) }).activationBytes).toBe(2 * 400)
  // A chain needs one place; what is read later as well needs another.
  const chain = exp(exp(exp(x(10, 10))))
  expect(programCost({ y: chain }).activationBytes).toBe(400)
  const early = exp(x(10, 10))
  expect(programCost({ y: add(exp(exp(early)), early) }).activationBytes).toBe(2 * 400)
})
