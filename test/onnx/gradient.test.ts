import { describe, expect, test } from '@jest/globals'
import { causalMask, crossEntropy, logSumExp, mean, rmsNorm, rotary, silu } from '../../src/onnx/composites.js'
import { gradient } from '../../src/onnx/gradient.js'
import { Program } from '../../src/onnx/Program.js'
import {
  add,
  concat,
  constant,
  div,
  exp,
  expand,
  gather,
  gatherElements,
  gemm,
  input,
  log,
  matMul,
  mul,
  neg,
  reciprocal,
  reduceSum,
  reshape,
  scatterAddElements,
  scatterAddRows,
  sigmoid,
  slice,
  softmax,
  sqrt,
  sub,
  transpose,
} from '../../src/onnx/primitives.js'
import { type Shape, sizeOf, type Value } from '../../src/onnx/Value.js'

interface Case {
  readonly name: string
  readonly shapes: readonly Shape[]
  readonly build: (...x: Value[]) => Value
  /** Lowest and highest element fed; positive where the function needs it. */
  readonly range?: readonly [number, number]
}

const indices = constant(BigInt64Array.of(2n, 0n, 2n), [3])
const picks = constant(Int32Array.of(1, 0, 3), [3, 1])
const table = constant(
  Float64Array.from({ length: 8 }, (_, i) => Math.cos(i)),
  [2, 4],
)

const cases: readonly Case[] = [
  { name: 'Neg', shapes: [[3]], build: (x) => neg(x as Value) },
  { name: 'Exp', shapes: [[3]], build: (x) => exp(x as Value) },
  { name: 'Log', shapes: [[3]], build: (x) => log(x as Value), range: [0.5, 2] },
  { name: 'Sqrt', shapes: [[3]], build: (x) => sqrt(x as Value), range: [0.5, 2] },
  { name: 'Reciprocal', shapes: [[3]], build: (x) => reciprocal(x as Value), range: [0.5, 2] },
  { name: 'Sigmoid', shapes: [[3]], build: (x) => sigmoid(x as Value) },
  { name: 'Add, broadcast', shapes: [[2, 3], [3]], build: (a, b) => add(a as Value, b as Value) },
  {
    name: 'Sub, broadcast',
    shapes: [
      [1, 3],
      [2, 1],
    ],
    build: (a, b) => sub(a as Value, b as Value),
  },
  { name: 'Mul, one value twice', shapes: [[2, 3]], build: (a) => mul(a as Value, a as Value) },
  { name: 'Mul, broadcast', shapes: [[2, 3], []], build: (a, b) => mul(a as Value, b as Value) },
  {
    name: 'Div, broadcast',
    shapes: [
      [2, 3],
      [2, 1],
    ],
    build: (a, b) => div(a as Value, b as Value),
    range: [0.5, 2],
  },
  {
    name: 'MatMul',
    shapes: [
      [2, 2, 3],
      [2, 3, 4],
    ],
    build: (a, b) => matMul(a as Value, b as Value),
  },
  {
    name: 'MatMul, broadcast batch',
    shapes: [
      [2, 2, 3],
      [3, 4],
    ],
    build: (a, b) => matMul(a as Value, b as Value),
  },
  ...[false, true].flatMap((transA) =>
    [false, true].map(
      (transB): Case => ({
        name: `Gemm, transA ${transA}, transB ${transB}`,
        shapes: [transA ? [3, 2] : [2, 3], transB ? [4, 3] : [3, 4]],
        build: (a, b) => gemm(a as Value, b as Value, { transA, transB }),
      }),
    ),
  ),
  {
    name: 'Gemm, plus a matrix',
    shapes: [
      [2, 3],
      [4, 3],
      [2, 4],
    ],
    build: (a, b, c) => gemm(a as Value, b as Value, { transB: true, plus: c as Value }),
  },
  {
    name: 'Gemm, plus a row',
    shapes: [[2, 3], [3, 4], [4]],
    build: (a, b, c) => gemm(a as Value, b as Value, { plus: c as Value }),
  },
  { name: 'Softmax', shapes: [[2, 4]], build: (x) => softmax(x as Value) },
  { name: 'ReduceSum', shapes: [[2, 3, 2]], build: (x) => reduceSum(x as Value, [0, -1]) },
  { name: 'logSumExp', shapes: [[2, 4]], build: (x) => logSumExp(x as Value) },
  { name: 'Reshape', shapes: [[2, 3]], build: (x) => reshape(x as Value, [3, 2]) },
  { name: 'Expand', shapes: [[3, 1]], build: (x) => expand(x as Value, [2, 3, 4]) },
  { name: 'Transpose', shapes: [[2, 3, 4]], build: (x) => transpose(x as Value, [2, 0, 1]) },
  { name: 'Slice', shapes: [[3, 4]], build: (x) => slice(x as Value, 1, 1, 3) },
  {
    name: 'Concat',
    shapes: [
      [2, 1],
      [2, 3],
    ],
    build: (a, b) => concat([a as Value, b as Value], 1),
  },
  { name: 'Gather, repeated rows', shapes: [[4, 2]], build: (x) => gather(x as Value, indices) },
  {
    name: 'ScatterND',
    shapes: [
      [4, 2],
      [3, 2],
    ],
    build: (x, u) => scatterAddRows(x as Value, indices, u as Value),
  },
  { name: 'GatherElements', shapes: [[3, 4]], build: (x) => gatherElements(x as Value, picks) },
  {
    name: 'ScatterElements',
    shapes: [
      [3, 4],
      [3, 1],
    ],
    build: (x, u) => scatterAddElements(x as Value, picks, u as Value),
  },
  { name: 'mean', shapes: [[3, 4]], build: (x) => mean(x as Value, 1) },
  { name: 'silu', shapes: [[5]], build: (x) => silu(x as Value) },
  { name: 'rmsNorm', shapes: [[3, 4], [4]], build: (x, g) => rmsNorm(x as Value, g as Value, 1e-5) },
  { name: 'rotary', shapes: [[3, 2, 4]], build: (x) => rotary(x as Value, table, table) },
  { name: 'crossEntropy', shapes: [[3, 4]], build: (x) => crossEntropy(x as Value, picks) },
]

/** Deterministic numbers in a range (a linear congruential generator). */
function numbers(count: number, seed: number, [low, high]: readonly [number, number]): Float64Array {
  let state = seed
  return Float64Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return low + (state / 2_147_483_648) * (high - low)
  })
}

const shift = (x: Float64Array, i: number, by: number): Float64Array => x.map((e, j) => (j === i ? e + by : e))
const total = (x: ArrayLike<number>): number => Array.from(x).reduce((sum, e) => sum + e, 0)

/**
 * The gradient of sum(w * f(x)^2), so that it depends on x even where f is linear, against central differences; and the
 * gradient of that gradient's weighted sum, against central differences of the first.
 */
async function check({ shapes, build, range = [-1, 1] }: Case): Promise<void> {
  const feeds = Object.fromEntries(shapes.map((shape, k) => [`x${k}`, numbers(sizeOf(shape), 7 + k, range)]))
  const xs = shapes.map((shape, k) => input(`x${k}`, 'float64', shape))
  const y = build(...xs)
  const weights = constant(numbers(sizeOf(y.shape), 99, [0.5, 1.5]), y.shape)
  const loss = mul(weights, mul(y, y))
  const first = gradient(loss, xs)
  const probe = first.map((g, k) =>
    reduceSum(mul(g, constant(numbers(sizeOf(g.shape), 50 + k, [0.5, 1.5]), g.shape)), [...g.shape.keys()]),
  )
  const probed = probe.map((p) => reshape(p, [])).reduce((a, b) => add(a, b))
  const second = gradient(probed, xs)
  const program = await Program.compile<string>({
    loss,
    probed,
    ...Object.fromEntries(first.map((g, k) => [`g${k}`, g])),
    ...Object.fromEntries(second.map((g, k) => [`h${k}`, g])),
  })
  const at = await program.run(feeds)
  const step = 1e-6
  for (const [k, shape] of shapes.entries()) {
    expect(first[k]?.shape).toEqual(shape)
    const base = feeds[`x${k}`] as Float64Array
    for (let i = 0; i < base.length; i++) {
      const up = await program.run({ ...feeds, [`x${k}`]: shift(base, i, step) })
      const down = await program.run({ ...feeds, [`x${k}`]: shift(base, i, -step) })
      const slope = (total(up['loss'] as Float32Array) - total(down['loss'] as Float32Array)) / (2 * step)
      expect(at[`g${k}`]?.[i]).toBeCloseTo(slope, 6)
      const curvature = (total(up['probed'] as Float32Array) - total(down['probed'] as Float32Array)) / (2 * step)
      expect(at[`h${k}`]?.[i]).toBeCloseTo(curvature, 5)
    }
  }
  await program.dispose()
}

describe('gradient, and the gradient of it, agree with central differences in float64', () => {
  for (const each of cases) test(each.name, () => check(each))
})

describe('gradient', () => {
  test('behavior: a target the output does not depend on gets zeros', async () => {
    const x = input('x', 'float32', [2])
    const other = input('other', 'float32', [3])
    const [g] = gradient(mul(x, x), [other])
    const program = await Program.compile({ g: g as Value })
    expect([...(await program.run({})).g]).toEqual([0, 0, 0])
  })

  test('behavior: nothing is computed below the first target', () => {
    const x = input('x', 'float32', [2, 2])
    const w = input('w', 'float32', [2, 2])
    const hidden = gemm(exp(x), w)
    const reached = new Set<string>()
    const visit = (v: Value): void => {
      reached.add(v.operation.op)
      v.sources.forEach(visit)
    }
    gradient(hidden, [w]).forEach(visit)
    expect(reached).toContain('Exp')
    expect(gradient(hidden, [w])).toHaveLength(1)
    expect(reached).not.toContain('Mul')
  })

  test('behavior: the causal mask hides the future only', () => {
    const { operation } = causalMask(3)
    const data = operation.op === 'Constant' ? [...operation.data].map(Number) : []
    expect(data.map((e) => (e === 0 ? 1 : 0))).toEqual([1, 0, 0, 1, 1, 0, 1, 1, 1])
  })
})
