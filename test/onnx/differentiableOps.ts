import { crossEntropy, gelu, geluTanh, layerNorm, mean, rmsNorm, rotary } from '../../src/onnx/graph/composites.js'
import { gradient } from '../../src/onnx/graph/gradient.js'
import {
  add,
  div,
  erf,
  exp,
  log,
  mul,
  neg,
  reciprocal,
  sigmoid,
  silu,
  sqrt,
  sub,
  tanh,
} from '../../src/onnx/graph/primitives/elementwise.js'
import { gather, gatherElements, scatterAddElements, scatterAddRows } from '../../src/onnx/graph/primitives/indexing.js'
import { constant, input } from '../../src/onnx/graph/primitives/inputs.js'
import { concat, expand, reshape, rotateHalf, slice, transpose } from '../../src/onnx/graph/primitives/movement.js'
import { gemm, matMul } from '../../src/onnx/graph/primitives/products.js'
import { inverseRms, logSumExp, reduceSum, softmax } from '../../src/onnx/graph/primitives/reductions.js'
import { type ElementType, type Shape, sizeOf, type Value } from '../../src/onnx/graph/Value.js'

/** A differentiable function of one or more tensors, small enough for finite differences. */
export interface Case {
  readonly name: string
  readonly shapes: readonly Shape[]
  readonly build: (...x: Value[]) => Value
  /** Lowest and highest element fed; positive where the function needs it. */
  readonly range?: readonly [number, number]
  /** ONNX Runtime has no kernel for float64. */
  readonly float32Only?: boolean
}

const indices = constant(BigInt64Array.of(2n, 0n, 2n), [3])
const picks = constant(Int32Array.of(1, 0, 3), [3, 1])
/** Both columns take a row twice. */
const columnPicks = constant(Int32Array.of(2, 0, 2, 0), [2, 2])
const table = ({ type }: Value): Value =>
  constant(
    elements(type, 8, (i) => Math.cos(i)),
    [2, 4],
  )

/** Every differentiable primitive and composite: checked in float64 on the CPU, and in float32 on every other device. */
export const cases: readonly Case[] = [
  { name: 'Neg', shapes: [[3]], build: (x) => neg(x as Value) },
  { name: 'Exp', shapes: [[3]], build: (x) => exp(x as Value) },
  { name: 'Log', shapes: [[3]], build: (x) => log(x as Value), range: [0.5, 2] },
  { name: 'Sqrt', shapes: [[3]], build: (x) => sqrt(x as Value), range: [0.5, 2] },
  { name: 'Reciprocal', shapes: [[3]], build: (x) => reciprocal(x as Value), range: [0.5, 2] },
  { name: 'Sigmoid', shapes: [[3]], build: (x) => sigmoid(x as Value) },
  { name: 'Tanh', shapes: [[3]], build: (x) => tanh(x as Value) },
  { name: 'Erf', shapes: [[3]], build: (x) => erf(x as Value), float32Only: true },
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
    name: 'scatterAddRows',
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
  {
    name: 'GatherElements, axis 0',
    shapes: [[3, 2]],
    build: (x) => gatherElements(x as Value, columnPicks, 0),
  },
  {
    name: 'ScatterElements, axis 0, repeated',
    shapes: [
      [3, 2],
      [2, 2],
    ],
    build: (x, u) => scatterAddElements(x as Value, columnPicks, u as Value, 0),
  },
  { name: 'mean', shapes: [[3, 4]], build: (x) => mean(x as Value, 1) },
  { name: 'Silu', shapes: [[5]], build: (x) => silu(x as Value) },
  { name: 'InverseRms', shapes: [[2, 5]], build: (x) => inverseRms(x as Value, 1e-5) },
  { name: 'RotateHalf', shapes: [[3, 4]], build: (x) => rotateHalf(x as Value) },
  {
    name: 'Gemm with a factor',
    shapes: [
      [2, 3],
      [3, 4],
    ],
    build: (a, b) => gemm(a as Value, b as Value, { alpha: 0.7 }),
  },
  { name: 'gelu', shapes: [[5]], build: (x) => gelu(x as Value), float32Only: true },
  { name: 'geluTanh', shapes: [[5]], build: (x) => geluTanh(x as Value) },
  {
    name: 'layerNorm',
    shapes: [[3, 4], [4], [4]],
    build: (x, g, b) => layerNorm(x as Value, g as Value, b as Value, 1e-5),
  },
  { name: 'rmsNorm', shapes: [[3, 4], [4]], build: (x, g) => rmsNorm(x as Value, g as Value, 1e-5) },
  { name: 'rotary', shapes: [[3, 2, 4]], build: (x) => rotary(x as Value, table(x as Value), table(x as Value)) },
  { name: 'crossEntropy', shapes: [[3, 4]], build: (x) => crossEntropy(x as Value, picks) },
]

const elements = (type: ElementType, length: number, of: (i: number) => number): Float32Array | Float64Array =>
  type === 'float64' ? Float64Array.from({ length }, (_, i) => of(i)) : Float32Array.from({ length }, (_, i) => of(i))

/** Deterministic numbers in a range (a linear congruential generator). */
export function numbers(
  type: ElementType,
  count: number,
  seed: number,
  [low, high]: readonly [number, number],
): Float32Array | Float64Array {
  let state = seed
  return elements(type, count, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return low + (state / 2_147_483_648) * (high - low)
  })
}

/** A case as a program: sum(w * f(x)^2), so that the gradient depends on x even where f is linear, and what to feed. */
export function weightedSquares({ shapes, build, range = [-1, 1] }: Case, type: ElementType, prefix = '') {
  const xs = shapes.map((shape, k) => input(`${prefix}x${k}`, type, shape))
  const y = build(...xs)
  const loss = mul(constant(numbers(type, sizeOf(y.shape), 99, [0.5, 1.5]), y.shape), mul(y, y))
  const feeds = Object.fromEntries(
    shapes.map((shape, k) => [`${prefix}x${k}`, numbers(type, sizeOf(shape), 7 + k, range)] as const),
  )
  return { xs, y, loss, gradients: gradient(loss, xs), feeds }
}
