import { zeros } from './composites.js'
import { add, div, exp, mul, neg, sigmoid, sub } from './primitives/elementwise.js'
import { gatherElements, scatterAddElements, scatterAddRows } from './primitives/indexing.js'
import { scalar } from './primitives/inputs.js'
import { concat, expand, reshape, rotateHalf, slice, transpose } from './primitives/movement.js'
import { gemm, matMul } from './primitives/products.js'
import { reduceSum, softmax } from './primitives/reductions.js'
import type { Operation, Value } from './Value.js'

/**
 * The gradient of each source, given that of the result; null for a source without gradient, such as indices. A gradient
 * may still have the broadcast shape.
 */
type Rule<Op extends Operation['op']> = (
  d: Value,
  y: Value & { readonly operation: Extract<Operation, { op: Op }> },
) => readonly (Value | null)[]

const source = (y: Value, i: number): Value => y.sources[i] as Value
const swapLastAxes = (x: Value): Value => {
  const rank = x.shape.length
  return transpose(x, [...Array(rank - 2).keys(), rank - 1, rank - 2])
}

/**
 * The backward pass dequantizes a weight again instead of keeping it from the forward pass: all of them kept would be the
 * float32 model that quantization avoids. A second name for the scales hides from ONNX Runtime that both are equal.
 */
function dequantizedAgain(x: Value): Value {
  const [quantized, scales] = x.sources
  if (x.operation.op !== 'DequantizeLinear' || scales?.operation.op !== 'Weight') return x
  const renamed = { ...scales, operation: { ...scales.operation, name: `${scales.operation.name}, backward` } }
  return { ...x, sources: [quantized as Value, renamed] }
}

/**
 * Vector-Jacobian products, one for each differentiable primitive. A rule builds values, never numbers, from primitives
 * that have rules themselves, so a gradient can be differentiated again. The caller undoes broadcasting.
 */
export const gradientRules: { readonly [Op in Operation['op']]?: Rule<Op> } = {
  Neg: (d) => [neg(d)],
  Exp: (d, y) => [mul(d, y)],
  Log: (d, y) => [div(d, source(y, 0))],
  Sqrt: (d, y) => [div(d, mul(y, scalar(2, y)))],
  Reciprocal: (d, y) => [neg(mul(d, mul(y, y)))],
  InverseRms: (d, y) => {
    const x = source(y, 0)
    return [mul(x, mul(d, mul(mul(mul(y, y), y), scalar(-1 / (x.shape.at(-1) as number), y))))]
  },
  RotateHalf: (d) => [neg(rotateHalf(d))],
  Silu: (d, y) => {
    const s = sigmoid(source(y, 0))
    return [mul(d, add(s, mul(y, sub(scalar(1, y), s))))]
  },
  Sigmoid: (d, y) => [mul(d, mul(y, sub(scalar(1, y), y)))],
  Tanh: (d, y) => [mul(d, sub(scalar(1, y), mul(y, y)))],
  Erf: (d, y) => {
    const x = source(y, 0)
    return [mul(d, mul(scalar(2 / Math.sqrt(Math.PI), y), exp(neg(mul(x, x)))))]
  },
  Detach: () => [null],
  Add: (d) => [d, d],
  Sub: (d) => [d, neg(d)],
  Mul: (d, y) => [mul(d, source(y, 1)), mul(d, source(y, 0))],
  Div: (d, y) => [div(d, source(y, 1)), neg(div(mul(d, y), source(y, 1)))],
  MatMul: (d, y) => [matMul(d, swapLastAxes(source(y, 1))), matMul(swapLastAxes(source(y, 0)), d)],
  Gemm: (d, y) => {
    const { transA, transB, alpha } = y.operation
    const [a, b] = [source(y, 0), dequantizedAgain(source(y, 1))]
    return [
      transA ? gemm(b, d, { transA: transB, transB: true, alpha }) : gemm(d, b, { transB: !transB, alpha }),
      transB ? gemm(d, a, { transA: true, transB: transA, alpha }) : gemm(a, d, { transA: !transA, alpha }),
      ...(y.sources.length === 3 ? [d] : []),
    ]
  },
  Softmax: (d, y) => [mul(y, sub(d, reduceSum(mul(d, y), [-1])))],
  LogSumExp: (d, y) => [mul(d, softmax(source(y, 0)))],
  ReduceSum: (d, y) => [expand(d, source(y, 0).shape)],
  ReduceMax: () => [null],
  Reshape: (d, y) => [reshape(d, source(y, 0).shape)],
  Expand: (d) => [d],
  Transpose: (d, y) => {
    const inverse: number[] = []
    for (const [to, from] of y.operation.permutation.entries()) inverse[from] = to
    return [transpose(d, inverse)]
  },
  Slice: (d, y) => {
    const { axis, start, end } = y.operation
    const { shape } = source(y, 0)
    const extent = shape[axis] as number
    const pad = (length: number): Value[] =>
      length > 0
        ? [
            zeros(
              shape.map((e, i) => (i === axis ? length : e)),
              d,
            ),
          ]
        : []
    return [concat([...pad(start), d, ...pad(extent - end)] as [Value, ...Value[]], axis)]
  },
  Concat: (d, y) => {
    const { axis } = y.operation
    let start = 0
    return y.sources.map(({ shape }) => {
      const end = start + (shape[axis] as number)
      const part = slice(d, axis, start, end)
      start = end
      return part
    })
  },
  Gather: (d, y) => [scatterAddRows(zeros(source(y, 0).shape, d), source(y, 1), d), null],
  GatherElements: (d, y) => [scatterAddElements(zeros(source(y, 0).shape, d), source(y, 1), d, y.operation.axis), null],
  ScatterElements: (d, y) => [d, null, gatherElements(d, source(y, 1), y.operation.axis)],
}
