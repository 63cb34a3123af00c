import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { crossEntropy } from '../../src/onnx/composites.js'
import { gradient } from '../../src/onnx/gradient.js'
import { lower } from '../../src/onnx/lower.js'
import { Program } from '../../src/onnx/Program.js'
import { constant, gemm, input, mul, reduceSum, softmax, weight } from '../../src/onnx/primitives.js'
import { topologicalOrder, type Value } from '../../src/onnx/Value.js'

const [rows, width, vocabulary] = [3, 4, 5000]
const wave = (size: number, step: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(i * step))

const widest = (outputs: Readonly<Record<string, Value>>): number =>
  Math.max(
    ...topologicalOrder(Object.values(outputs))
      .filter(({ shape, operation }) => shape[0] === rows && operation.op !== 'Input')
      .map(({ shape }) => shape.at(-1) as number),
  )

describe('a loss over a large vocabulary', () => {
  const hidden = input('hidden', 'float32', [rows, width])
  const labels = constant(Int32Array.of(7, 4999, 2031), [rows, 1])
  const tokenWeights = constant(Float32Array.of(0.5, 2, 0), [rows, 1])
  const feeds = { hidden: wave(rows * width, 1.7), w: wave(vocabulary * width, 0.37) }
  let folder: string
  let frozen: Value
  const loss = (head: Value): Value => mul(crossEntropy(gemm(hidden, head, { transB: true }), labels), tokenWeights)
  const outputs = (head: Value) => {
    const y = loss(head)
    const [first] = gradient(y, [hidden]) as [Value]
    // The gradient of the gradient's squares: every rewrite must leave what can be differentiated again.
    const [second] = gradient(reduceSum(mul(first, first), [0, 1]), [hidden]) as [Value]
    return { y, first, second }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openledger-lower-'))
    await writeFile(join(folder, 'head'), feeds.w)
    frozen = weight('head', [vocabulary, width], { path: join(folder, 'head'), offset: 0, length: feeds.w.byteLength })
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('never builds the logits of a frozen head whole, nor for its gradient', () => {
    const { y, first } = outputs(frozen)
    expect(widest({ y, first })).toBe(vocabulary)
    expect(widest(lower({ y, first }, 'cpu'))).toBeLessThan(vocabulary / 2)
  })

  test('loss, gradient and second derivatives equal those of a head that is fed, whose logits are whole', async () => {
    const slices = await Program.compile(outputs(frozen))
    const whole = await Program.compile(outputs(input('w', 'float32', [vocabulary, width])))
    const [a, b] = [await slices.run({ hidden: feeds.hidden }), await whole.run(feeds)]
    for (const name of ['y', 'first', 'second'] as const)
      for (const [i, wanted] of b[name].entries()) expect(a[name][i]).toBeCloseTo(wanted, 4)
    // By hand: log(sum(exp(logits))) - logit of the label, in float64.
    for (let row = 0; row < rows; row++) {
      const logits = Float64Array.from({ length: vocabulary }, (_, v) => {
        let dot = 0
        for (let k = 0; k < width; k++)
          dot += (feeds.hidden[row * width + k] as number) * (feeds.w[v * width + k] as number)
        return dot
      })
      const sum = Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0))
      const label = [7, 4999, 2031][row] as number
      expect(b.y[row]).toBeCloseTo((sum - (logits[label] as number)) * ([0.5, 2, 0][row] as number), 4)
    }
    await Promise.all([slices.dispose(), whole.dispose()])
  })

  test('logits that are wanted themselves stay whole', () => {
    const logits = gemm(hidden, frozen, { transB: true })
    const probabilities = softmax(logits)
    expect(widest(lower({ y: crossEntropy(logits, labels), probabilities }, 'cpu'))).toBe(vocabulary)
  })
})

describe('what a product spreads over', () => {
  const a = input('a', 'float32', [3, 5])
  const b = input('b', 'float32', [5, 2])
  const feeds = { a: wave(15, 0.9), b: wave(10, 0.4), s: Float32Array.of(2, -1, 0.5) }
  const factor = input('s', 'float32', [3, 1])

  test('a factor of each row is applied to the narrower product', async () => {
    const y = gemm(mul(a, factor), b)
    const lowered = lower({ y }, 'cpu').y
    expect(lowered.operation.op).toBe('Mul')
    const plain = gemm(mul(a, factor), b, { plus: constant(new Float32Array(2), [2]) })
    const program = await Program.compile({ y, plain })
    const result = await program.run(feeds)
    for (const [i, wanted] of result.plain.entries()) expect(result.y[i]).toBeCloseTo(wanted, 5)
    await program.dispose()
  })

  test('not where the product is wider', () => {
    const wide = input('b', 'float32', [5, 8])
    expect(lower({ y: gemm(mul(a, factor), wide) }, 'cpu').y.operation.op).toBe('Gemm')
  })
})
