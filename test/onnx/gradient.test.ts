import { describe, expect, test } from '@jest/globals'
import { causalMask } from '../../src/onnx/graph/composites.js'
import { gradient } from '../../src/onnx/graph/gradient.js'
import { gradientRules } from '../../src/onnx/graph/gradientRules.js'
import { add, detach, mul, round } from '../../src/onnx/graph/primitives/elementwise.js'
import { gather } from '../../src/onnx/graph/primitives/indexing.js'
import { constant, input } from '../../src/onnx/graph/primitives/inputs.js'
import { expand, reshape } from '../../src/onnx/graph/primitives/movement.js'
import { gemm } from '../../src/onnx/graph/primitives/products.js'
import { reduceSum, rowMaximum } from '../../src/onnx/graph/primitives/reductions.js'
import { sizeOf, type Value } from '../../src/onnx/graph/Value.js'
import { Program } from '../../src/onnx/runtime/Program.js'
import { type Case, cases, numbers, weightedSquares } from './differentiableOps.js'

const shift = (x: Float32Array | Float64Array, i: number, by: number): Float32Array | Float64Array =>
  x.map((e, j) => (j === i ? e + by : e))
const total = (x: ArrayLike<number>): number => Array.from(x).reduce((sum, e) => sum + e, 0)

/**
 * The gradient of sum(w * f(x)^2), so that it depends on x even where f is linear, against central differences; and the
 * gradient of that gradient's weighted sum, against central differences of the first.
 */
async function check(each: Case): Promise<void> {
  const { shapes, float32Only = false } = each
  const type = float32Only ? 'float32' : 'float64'
  const { xs, loss, gradients: first, feeds } = weightedSquares(each, type)
  const probe = first.map((g, k) =>
    reduceSum(mul(g, constant(numbers(type, sizeOf(g.shape), 50 + k, [0.5, 1.5]), g.shape)), [...g.shape.keys()]),
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
  const [step, digits] = float32Only ? [1e-2, 2] : [1e-6, 5]
  for (const [k, shape] of shapes.entries()) {
    expect(first[k]?.shape).toEqual(shape)
    const base = feeds[`x${k}`] as Float32Array | Float64Array
    for (let i = 0; i < base.length; i++) {
      const up = await program.run({ ...feeds, [`x${k}`]: shift(base, i, step) })
      const down = await program.run({ ...feeds, [`x${k}`]: shift(base, i, -step) })
      const slope = (total(up['loss'] as Float32Array) - total(down['loss'] as Float32Array)) / (2 * step)
      expect(at[`g${k}`]?.[i]).toBeCloseTo(slope, digits + 1)
      const curvature = (total(up['probed'] as Float32Array) - total(down['probed'] as Float32Array)) / (2 * step)
      expect(at[`h${k}`]?.[i]).toBeCloseTo(curvature, digits)
    }
  }
  await program.dispose()
}

describe('gradient, and the gradient of it, agree with central differences, in float64 where there are kernels', () => {
  for (const each of cases) test(each.name, () => check(each))
})

test('every gradient rule has a case', () => {
  const differentiated = new Set<string>()
  const visit = ({ operation, sources }: Value): void => {
    differentiated.add(operation.op)
    sources.forEach(visit)
  }
  for (const { build, shapes, float32Only = false } of cases) {
    const type = float32Only ? 'float32' : 'float64'
    visit(build(...shapes.map((shape, k) => input(`x${k}`, type, shape))))
  }
  // These two stop the gradient, which the cases cannot show; tests of their own do.
  const stopping = ['Detach', 'ReduceMax']
  expect(Object.keys(gradientRules).filter((op) => !differentiated.has(op) && !stopping.includes(op))).toEqual([])
})

test.each([
  ['Detach', detach],
  ['ReduceMax', (x: Value): Value => expand(rowMaximum(x), x.shape)],
])('no gradient flows through %s', async (_, stop) => {
  const x = input('x', 'float32', [2, 2])
  const [g] = gradient(mul(x, stop(x)), [x])
  const program = await Program.compile({ g: g as Value, stopped: stop(x) })
  const { g: got, stopped } = await program.run({ x: Float32Array.of(1, 2, -3, 4) })
  expect([...got]).toEqual([...stopped])
  await program.dispose()
})

describe('gradient', () => {
  test('behavior: a target the output does not depend on gets zeros', async () => {
    const x = input('x', 'float32', [2])
    const other = input('other', 'float32', [3])
    const [g] = gradient(mul(x, x), [other])
    const program = await Program.compile({ g: g as Value })
    expect([...(await program.run({})).g]).toEqual([0, 0, 0])
  })

  test('behavior: rows that are looked up many times get the sum of all their gradients, on any number of threads', async () => {
    const [rows, columns, count] = [64, 512, 2048]
    const table = input('table', 'float32', [rows, columns])
    const indices = input('indices', 'int64', [count])
    const weights = input('weights', 'float32', [count, columns])
    const [g] = gradient(reduceSum(mul(gather(table, indices), weights), [0, 1]), [table])
    const ids = BigInt64Array.from({ length: count }, (_, i) => BigInt((i * i) % 5))
    const factors = numbers('float32', count * columns, 3, [-1, 1]) as Float32Array
    const expected = new Float64Array(rows * columns)
    for (const [i, factor] of factors.entries()) {
      const to = Number(ids[Math.floor(i / columns)]) * columns + (i % columns)
      expected[to] = (expected[to] as number) + factor
    }
    const program = await Program.compile({ g: g as Value }, { threads: 4 })
    for (let run = 0; run < 50; run++) {
      const got = (await program.run({ table: new Float32Array(rows * columns), indices: ids, weights: factors })).g
      const worst = expected.reduce((most, e, i) => Math.max(most, Math.abs(e - (got[i] as number))), 0)
      expect(worst).toBeLessThan(1e-3)
    }
    await program.dispose()
  })

  test('behavior: nothing is computed below the first target', () => {
    const x = input('x', 'float32', [2, 2])
    const w = input('w', 'float32', [2, 2])
    // Rounding has no gradient rule, so that visiting it would be an error.
    const hidden = gemm(round(x), w)
    expect(gradient(hidden, [w])).toHaveLength(1)
    expect(() => gradient(hidden, [x])).toThrow(expect.objectContaining({ code: 'OL1201' }))
  })

  test('behavior: the causal mask hides the future only', () => {
    const { operation } = causalMask(3)
    const data = operation.op === 'Constant' ? [...operation.data].map(Number) : []
    expect(data.map((e) => (e === 0 ? 1 : 0))).toEqual([1, 0, 0, 1, 1, 0, 1, 1, 1])
  })
})
