import { describe, expect, test } from '@jest/globals'
import { rmsNorm, rotary, scale } from '../../src/onnx/graph/composites.js'
import { gradient } from '../../src/onnx/graph/gradient.js'
import { add, mul, neg, reciprocal, sqrt } from '../../src/onnx/graph/primitives/elementwise.js'
import { gather } from '../../src/onnx/graph/primitives/indexing.js'
import { constant, input, scalar } from '../../src/onnx/graph/primitives/inputs.js'
import { concat, expand, reshape, slice } from '../../src/onnx/graph/primitives/movement.js'
import { gemm } from '../../src/onnx/graph/primitives/products.js'
import { reduceSum } from '../../src/onnx/graph/primitives/reductions.js'
import { sizeOf, topologicalOrder, type Value } from '../../src/onnx/graph/Value.js'
import { lower } from '../../src/onnx/passes/lower.js'
import { Program } from '../../src/onnx/runtime/Program.js'

const wave = (size: number, step: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(i * step + 1))

const operators = (outputs: Readonly<Record<string, Value>>): string[] =>
  topologicalOrder(Object.values(lower(outputs, 'cpu'))).map(({ operation }) => operation.op)

/** Runs both; the names of the results must be the same. */
async function expectEqual(
  fused: Readonly<Record<string, Value>>,
  plain: Readonly<Record<string, Value>>,
  feeds: Readonly<Record<string, Float32Array | Int32Array>>,
): Promise<void> {
  const programs = await Promise.all([Program.compile(fused), Program.compile(plain)])
  const [a, b] = await Promise.all(programs.map((program) => program.run(feeds)))
  for (const [name, wanted] of Object.entries(b as Record<string, Float32Array>)) {
    expect(wanted.some((element) => element !== 0)).toBe(true)
    for (const [i, element] of wanted.entries()) expect(a?.[name]?.[i]).toBeCloseTo(element, 4)
  }
  await Promise.all(programs.map((program) => program.dispose()))
}

/** A value with its first and second derivatives with respect to x. */
function derivatives(y: Value, x: Value): Record<string, Value> {
  const uneven = mul(mul(y, y), constant(wave(sizeOf(y.shape), 0.3), y.shape))
  const [first] = gradient(uneven, [x]) as [Value]
  const [second] = gradient(mul(first, first), [x]) as [Value]
  return { y, first, second }
}

describe('norms by root mean squares', () => {
  const x = input('x', 'float32', [2, 3, 8])
  const gain = input('gain', 'float32', [8])
  const feeds = { x: wave(48, 1.3), gain: wave(8, 0.7) }
  const fused = derivatives(rmsNorm(x, gain, 1e-2), x)

  test('are one operator, which gives the gradient its root too', () => {
    const { y, first } = fused as { y: Value; first: Value }
    const ops = operators({ y, first })
    expect(ops.filter((op) => op === 'SimplifiedLayerNormalization')).toHaveLength(1)
    expect(ops).not.toContain('Sqrt')
  })

  test('equal their definition, and so do their derivatives', async () => {
    const root = sqrt(add(scale(reduceSum(mul(x, x), [-1]), 1 / 8), scalar(1e-2, x)))
    await expectEqual(fused, derivatives(mul(mul(x, reciprocal(root)), gain), x), feeds)
  })

  test('a gain that comes after x is no part of the operator', async () => {
    const late = reshape(slice(slice(x, 0, 0, 1), 1, 0, 1), [8])
    const root = sqrt(add(scale(reduceSum(mul(x, x), [-1]), 1 / 8), scalar(1e-2, x)))
    const y = rmsNorm(x, late, 1e-2)
    expect(operators({ y })).not.toContain('SimplifiedLayerNormalization')
    await expectEqual({ y }, { y: mul(mul(x, reciprocal(root)), late) }, { x: feeds.x })
  })
})

describe('rotary positions', () => {
  const x = input('x', 'float32', [2, 3, 4, 6])
  const feeds = { x: wave(144, 0.37), picks: Int32Array.of(0, 1, 2, 3, 3, 1, 0, 2) }
  const halves = (data: Float32Array): Float32Array =>
    Float32Array.from({ length: 24 }, (_, i) => data[Math.floor(i / 6) * 3 + (i % 3)] as number)
  const [cos, sin] = [0.9, 0.4].map((step) => constant(halves(wave(12, step)), [4, 6])) as [Value, Value]
  /** The definition, in other operators. */
  const turned = (c: Value, s: Value): Value =>
    add(mul(x, c), mul(concat([neg(slice(x, 3, 3, 6)), slice(x, 3, 0, 3)], 3), s))

  test('are one operator forward, and one back', () => {
    const { y, first } = derivatives(rotary(x, cos, sin), x) as { y: Value; first: Value }
    expect(operators({ y, first }).filter((op) => op === 'RotaryEmbedding')).toHaveLength(2)
  })

  test('equal their definition, and so do their derivatives', () =>
    expectEqual(derivatives(rotary(x, cos, sin), x), derivatives(turned(cos, sin), x), { x: feeds.x }))

  test('each token at a position of its own', async () => {
    const picks = input('picks', 'int32', [8])
    const [c, s] = [cos, sin].map((table) => reshape(gather(table, picks), [2, 1, 4, 6])) as [Value, Value]
    const fused = derivatives(rotary(x, c, s), x)
    expect(operators({ y: fused['y'] as Value })).toContain('RotaryEmbedding')
    await expectEqual(fused, derivatives(turned(c, s), x), feeds)
  })

  test('tables whose halves differ are left alone', async () => {
    const uneven = constant(wave(24, 0.6), [4, 6])
    const y = rotary(x, cos, uneven)
    expect(operators({ y })).not.toContain('RotaryEmbedding')
    await expectEqual({ y }, { y: turned(cos, uneven) }, { x: feeds.x })
  })
})

describe('narrow products', () => {
  const x = input('x', 'float32', [100, 70])
  const adapters = ['q', 'k'].map((name) => ({
    a: input(`${name}.a`, 'float32', [4, 70]),
    b: input(`${name}.b`, 'float32', [80, 4]),
  }))
  const parameters = adapters.flatMap(({ a, b }) => [a, b])
  const feeds = {
    x: wave(7000, 0.11),
    ...Object.fromEntries(parameters.map((p, i) => [nameOf(p), wave(sizeOf(p.shape), 0.2 + i / 10)])),
  }
  const outputs = (plain: boolean): Record<string, Value> => {
    // Broadcast products have no rule that joins them.
    const times = (left: Value, right: Value): Value =>
      plain ? reduceRows(left, right) : scale(gemm(left, right, { transB: true }), 0.5)
    const y = adapters.map(({ a, b }) => times(times(x, a), b)).reduce((p, q) => mul(p, q))
    const gradients = gradient(y, [x, ...parameters])
    return { y, ...Object.fromEntries(gradients.map((d, i) => [`d${i}`, d])) }
  }

  test('that read the same matrix are one, and so are their gradients and the sum of those', () => {
    const narrowOnes = topologicalOrder(Object.values(lower(outputs(false), 'cpu'))).filter(
      ({ operation }) => operation.op === 'Gemm',
    )
    // x A^T; two (x A^T) B^T; two d B; D^T x; D A; two B gradients. Apart, they are 12.
    expect(narrowOnes).toHaveLength(9)
  })

  test('equal what they are apart', () => expectEqual(outputs(false), outputs(true), feeds))
})

function nameOf({ operation }: Value): string {
  return operation.op === 'Input' ? operation.name : ''
}

/** left right^T / 2 as a sum over broadcast products. */
function reduceRows(left: Value, right: Value): Value {
  const [n, k] = left.shape as [number, number]
  const m = right.shape[0] as number
  const wide = mul(expand(reshape(left, [n, 1, k]), [n, m, k]), reshape(right, [1, m, k]))
  return scale(reshape(reduceSum(wide, [2]), [n, m]), 0.5)
}
