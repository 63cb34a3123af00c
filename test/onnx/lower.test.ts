import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Random } from '../../src/models/random.js'
import { crossEntropy } from '../../src/onnx/graph/composites.js'
import { gradient } from '../../src/onnx/graph/gradient.js'
import { mul } from '../../src/onnx/graph/primitives/elementwise.js'
import { constant, input, weight } from '../../src/onnx/graph/primitives/inputs.js'
import { gemm } from '../../src/onnx/graph/primitives/products.js'
import { int8Slices, int8Weight } from '../../src/onnx/graph/primitives/quantized.js'
import { reduceSum, softmax } from '../../src/onnx/graph/primitives/reductions.js'
import { topologicalOrder, type Value } from '../../src/onnx/graph/Value.js'
import { vocabularySlices } from '../../src/onnx/passes/chunkVocabulary.js'
import { lower } from '../../src/onnx/passes/lower.js'
import { Program } from '../../src/onnx/runtime/Program.js'
import { relativeError } from '../fixtures/reference/reference.js'

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

describe('a loss over a large vocabulary whose head is in int8', () => {
  const width = 32
  const labelled = [7, 4999, 2031]
  const hidden = input('hidden', 'float32', [rows, width])
  const labels = constant(Int32Array.from(labelled), [rows, 1])
  const random = new Random(3)
  const w = Float32Array.from({ length: vocabulary * width }, () => random.uniform() - 0.5)
  const sureness = [0.01, 5, 20]
  // Rows that point to their labels: the surer a prediction, the more a rounding can make of its loss.
  const feeds = {
    hidden: Float32Array.from({ length: rows * width }, (_, i) => {
      const row = Math.floor(i / width)
      const label = labelled[row] as number
      return (w[label * width + (i % width)] as number) * (sureness[row] as number)
    }),
  }
  /** [n, m] with a scale for each column. */
  function rounded(at: (row: number, column: number) => number, n: number, m: number) {
    const scales = Float32Array.from({ length: m }, (_, j) =>
      Math.max(...Array.from({ length: n }, (_, i) => Math.abs(at(i, j)) / 127)),
    )
    const elements = Int8Array.from({ length: n * m }, (_, i) =>
      Math.round(at(Math.floor(i / m), i % m) / (scales[i % m] as number)),
    )
    return { elements: constant(elements, [n, m]), scales: constant(scales, [m]) }
  }
  const parts = vocabularySlices(vocabulary).map(({ start, end }) => {
    const at = (row: number, column: number) => w[(start + row) * width + column] as number
    return int8Weight(
      rounded(at, end - start, width),
      rounded((i, j) => at(j, i), width, end - start),
    )
  })
  let folder: string
  let exact: Value

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openledger-lower-'))
    await writeFile(join(folder, 'head'), w)
    exact = weight('head', [vocabulary, width], { path: join(folder, 'head'), offset: 0, length: w.byteLength })
  })
  afterAll(() => rm(folder, { recursive: true }))

  const outputs = (head: Value) => {
    const loss = crossEntropy(gemm(hidden, head, { transB: true }), labels)
    return { loss, first: gradient(loss, [hidden])[0] as Value }
  }

  test('loss and gradient are near those in float32, and no loss is below 0', async () => {
    const low = await Program.compile(outputs(int8Slices(exact, parts)))
    const high = await Program.compile(outputs(exact))
    const [a, b] = [await low.run(feeds), await high.run(feeds)]
    for (const [i, loss] of a.loss.entries()) {
      expect(Math.abs(loss - (b.loss[i] as number))).toBeLessThan(0.01 * (b.loss[i] as number) + 1e-3)
      expect(loss).toBeGreaterThan(-1e-5)
      // Against the label's own row, which the gradient nearly takes away again where the prediction is sure.
      const label = w.subarray((labelled[i] as number) * width, ((labelled[i] as number) + 1) * width)
      const apart = label.map((_, k) => (a.first[i * width + k] as number) - (b.first[i * width + k] as number))
      expect(Math.hypot(...apart)).toBeLessThan(0.01 * Math.hypot(...label))
    }
    await Promise.all([low.dispose(), high.dispose()])
  })

  test('logits that are wanted themselves stay whole, near those in float32', async () => {
    const y = (head: Value) => ({ y: gemm(hidden, head, { transB: true }) })
    const low = await Program.compile(y(int8Slices(exact, parts)))
    const high = await Program.compile(y(exact))
    expect(relativeError((await low.run(feeds)).y, (await high.run(feeds)).y)).toBeLessThan(0.02)
    await Promise.all([low.dispose(), high.dispose()])
  })

  test('error: slices that are not the whole', () => {
    expect(() => int8Slices(exact, parts.slice(1))).toThrow(/Int8Slices.*shape of the whole/)
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
