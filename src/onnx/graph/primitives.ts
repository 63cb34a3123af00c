import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import {
  type ElementType,
  type ExternalData,
  formatShape,
  type Operation,
  type Shape,
  sameShape,
  sizeOf,
  type Value,
} from './Value.js'

const refuse = (op: string, values: readonly Value[], reason: string): never => {
  const shapes = values.map(({ type, shape }) => `${type}${formatShape(shape)}`).join(' and ')
  throw new OpenLedgerError('OL1200', { op, shapes: shapes || 'nothing', reason })
}

const make = (operation: Operation, sources: readonly Value[], shape: Shape, type?: ElementType): Value => ({
  operation,
  sources,
  shape,
  type: type ?? (sources[0] as Value).type,
})

const isFloat = (value: Value): boolean => value.type === 'float32' || value.type === 'float64'

/** A tensor that the caller feeds on every run. */
export const input = (name: string, type: ElementType, shape: Shape): Value =>
  make({ op: 'Input', name }, [], shape, type)

/** A frozen tensor, read from its little-endian bytes in a file; it never enters the JavaScript heap. */
export const weight = (name: string, shape: Shape, data: ExternalData, type: ElementType = 'float32'): Value =>
  make({ op: 'Weight', name, data }, [], shape, type)

/**
 * Dequantizes a matrix to float32: each element times the scale of its block. Blocks run along one axis, and the last may
 * be shorter. int4 elements are packed two per byte, low nibble first.
 *
 * @param scales of the shape of `x`, with that axis divided by `block` and rounded up
 */
export function dequantize(x: Value, scales: Value, axis: 0 | 1, block: number): Value {
  const blocks = x.shape.map((extent, i) => (i === axis ? Math.ceil(extent / block) : extent))
  if (x.type !== 'int8' && x.type !== 'int4') return refuse('DequantizeLinear', [x, scales], 'it requires int8 or int4')
  if (!sameShape(blocks, scales.shape))
    return refuse('DequantizeLinear', [x, scales], `blocks of ${block} require scales ${formatShape(blocks)}`)
  return make({ op: 'DequantizeLinear', axis, block }, [x, scales], x.shape, 'float32')
}

/** An int8 matrix and a scale for each of its columns. */
export interface Int8Matrix {
  readonly elements: Value
  readonly scales: Value
}

/**
 * A frozen matrix [n, m] as the int8 right operand of products, plain or transposed. It holds two int8 copies, because each
 * orientation needs one scale per column: `straight` [n, m] and `turned` [m, n].
 */
export function int8Weight(straight: Int8Matrix, turned: Int8Matrix): Value {
  const { shape } = straight.elements
  const sources = [straight.elements, straight.scales, turned.elements, turned.scales]
  if (!sameShape(turned.elements.shape, [...shape].reverse()))
    return refuse('Int8Weight', sources, 'one matrix is not of the transposed shape of the other')
  return make({ op: 'Int8Weight' }, sources, shape, 'float32')
}

/**
 * A frozen matrix [n, m] that products read as int8, one slice of rows at a time: a language model head in slices of its
 * vocabulary. Any other reader, such as an embedding lookup, uses the float32 matrix.
 *
 * @param parts {@link int8Weight}s of its rows, one after the other
 */
export function int8Slices(exact: Value, parts: readonly Value[]): Value {
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] as number), 0)
  if (rows !== exact.shape[0] || parts.some(({ shape }) => shape[1] !== exact.shape[1]))
    return refuse('Int8Slices', [exact, ...parts], 'the slices are not of the shape of the whole')
  return make({ op: 'Int8Slices' }, [exact, ...parts], exact.shape)
}

/**
 * Quantizes x [n, k] to uint8: round(x / steps) + zero, rounded to nearest, with one step per row.
 *
 * @param steps [n], none of them 0
 */
export function quantizeRows(x: Value, steps: Value, zero: number): Value {
  const [rows] = x.shape as [number]
  if (x.shape.length !== 2 || !sameShape(steps.shape, [rows]))
    return refuse('QuantizeLinear', [x, steps], 'it requires a matrix and a step for each row')
  const zeros = constant(new Uint8Array(rows).fill(zero), [rows])
  return make({ op: 'QuantizeLinear' }, [x, steps, zeros], x.shape, 'uint8')
}

/**
 * (x - zero) [n, k] times an int8 matrix [k, m] with one scale per column, accumulated exactly. An operator of ONNX
 * Runtime's CPU device (com.microsoft.MatMulIntegerToFloat).
 *
 * @param x uint8, from {@link quantizeRows}
 */
export function matMulIntegerToFloat(x: Value, zero: number, { elements, scales }: Int8Matrix): Value {
  const [k, m] = elements.shape as [number, number]
  if (x.type !== 'uint8' || x.shape[1] !== k || !sameShape(scales.shape, [m]))
    return refuse('MatMulIntegerToFloat', [x, elements, scales], 'it requires uint8 and equal inner extents')
  const sources = [x, elements, scalar(1, scales), scales, constant(Uint8Array.of(zero), [])]
  return make({ op: 'MatMulIntegerToFloat' }, sources, [x.shape[0] as number, m], 'float32')
}

/** A tensor stored in the program itself. */
export function constant(
  data: Float32Array | Float64Array | Int32Array | BigInt64Array | Int8Array | Uint8Array,
  shape: Shape,
): Value {
  const type =
    data instanceof Float32Array
      ? 'float32'
      : data instanceof Float64Array
        ? 'float64'
        : data instanceof Int32Array
          ? 'int32'
          : data instanceof Int8Array
            ? 'int8'
            : data instanceof Uint8Array
              ? 'uint8'
              : 'int64'
  const value = make({ op: 'Constant', data }, [], shape, type)
  if (data.length !== sizeOf(shape)) refuse('Constant', [value], `the data has ${data.length} elements`)
  return value
}

/** A scalar of the element type of `like`. */
export const scalar = (number: number, like: Value): Value =>
  constant(like.type === 'float64' ? Float64Array.of(number) : Float32Array.of(number), [])

const unary =
  (
    op:
      | 'Neg'
      | 'Exp'
      | 'Log'
      | 'Sqrt'
      | 'Reciprocal'
      | 'Sigmoid'
      | 'Silu'
      | 'Tanh'
      | 'Erf'
      | 'Detach'
      | 'Abs'
      | 'Round',
  ) =>
  (x: Value): Value =>
    isFloat(x) ? make({ op }, [x], x.shape) : refuse(op, [x], 'it requires floating point')

export const neg = unary('Neg')
export const exp = unary('Exp')
export const log = unary('Log')
export const sqrt = unary('Sqrt')
export const reciprocal = unary('Reciprocal')
export const sigmoid = unary('Sigmoid')
/** x * sigmoid(x) (Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415). */
export const silu = unary('Silu')
export const tanh = unary('Tanh')
/** The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export const erf = unary('Erf')
/** The absolute value; not differentiable. Quantization uses it. */
export const abs = unary('Abs')
/** Rounds to the nearest integer, ties to even; not differentiable. */
export const round = unary('Round')
/** The value itself, treated as a constant by differentiation. */
export const detach = unary('Detach')

/** The shape that two shapes broadcast to (NumPy's rule), or undefined. */
function broadcast(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length)
  const out: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    if (left !== right && left !== 1 && right !== 1) return undefined
    out.push(left === 1 ? right : left)
  }
  return out
}

const binary =
  (op: 'Add' | 'Sub' | 'Mul' | 'Div') =>
  (a: Value, b: Value): Value => {
    const shape = broadcast(a.shape, b.shape)
    if (a.type !== b.type) return refuse(op, [a, b], 'their element types differ')
    return shape ? make({ op }, [a, b], shape) : refuse(op, [a, b], 'they do not broadcast')
  }

export const add = binary('Add')
export const sub = binary('Sub')
export const mul = binary('Mul')
export const div = binary('Div')

/** Batched matrix product over the last two axes: [..., n, k] x [..., k, m] -> [..., n, m]; leading axes broadcast. */
export function matMul(a: Value, b: Value): Value {
  if (a.shape.length < 2 || b.shape.length < 2) return refuse('MatMul', [a, b], 'both need two axes or more')
  if (a.type !== b.type) return refuse('MatMul', [a, b], 'their element types differ')
  if (a.shape.at(-1) !== b.shape.at(-2)) return refuse('MatMul', [a, b], 'the inner extents differ')
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  if (!batch) return refuse('MatMul', [a, b], 'the leading axes do not broadcast')
  return make({ op: 'MatMul' }, [a, b], [...batch, a.shape.at(-2) as number, b.shape.at(-1) as number])
}

/**
 * Product of two matrices, each transposed on the fly if asked: alpha * op(a) [n, k] x op(b) [k, m] + plus -> [n, m].
 * A frozen weight [out, in] is used as gemm(x, w, {transB}) forward and gemm(dy, w) backward. It is never transposed by an
 * operator of its own, because ONNX Runtime would fold the transpose into a second copy of the weight.
 */
export function gemm(
  a: Value,
  b: Value,
  {
    transA = false,
    transB = false,
    alpha = 1,
    plus,
  }: { transA?: boolean; transB?: boolean; alpha?: number; plus?: Value | undefined } = {},
): Value {
  if (a.shape.length !== 2 || b.shape.length !== 2) return refuse('Gemm', [a, b], 'both need two axes')
  if (a.type !== b.type) return refuse('Gemm', [a, b], 'their element types differ')
  const [n, k] = (transA ? [a.shape[1], a.shape[0]] : a.shape) as [number, number]
  const [inner, m] = (transB ? [b.shape[1], b.shape[0]] : b.shape) as [number, number]
  if (k !== inner) return refuse('Gemm', [a, b], 'the inner extents differ')
  if (plus === undefined) return make({ op: 'Gemm', transA, transB, alpha }, [a, b], [n, m])
  if (!sameShape(plus.shape, [n, m]) && !sameShape(plus.shape, [m]))
    return refuse('Gemm', [a, b, plus], 'the summand is neither a row nor of the shape of the product')
  return make({ op: 'Gemm', transA, transB, alpha }, [a, b, plus], [n, m])
}

/** Softmax over the last axis. */
export const softmax = (x: Value): Value => make({ op: 'Softmax' }, [x], x.shape)

/** log(sum(exp(x))) over the last axis, which is kept with extent 1. */
export const logSumExp = (x: Value): Value =>
  x.shape.length > 0 && isFloat(x)
    ? make({ op: 'LogSumExp' }, [x], [...x.shape.slice(0, -1), 1])
    : refuse('LogSumExp', [x], 'it requires floating point and an axis')

/** Sum over the given axes, which are kept with extent 1. */
export function reduceSum(x: Value, axes: readonly number[]): Value {
  const wanted = axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis))
  if (wanted.some((axis) => axis < 0 || axis >= x.shape.length))
    return refuse('ReduceSum', [x], `it has no axes ${axes}`)
  const shape = x.shape.map((extent, axis) => (wanted.includes(axis) ? 1 : extent))
  return make({ op: 'ReduceSum', axes: wanted }, [x], shape)
}

/**
 * The largest element along the last axis, which is kept with extent 1. Differentiation treats it as a constant: it only
 * shifts exponents, and a shift that is subtracted and added back has no gradient.
 */
export const rowMaximum = (x: Value): Value =>
  x.shape.length > 0
    ? make({ op: 'ReduceMax' }, [x], [...x.shape.slice(0, -1), 1])
    : refuse('ReduceMax', [x], 'it needs an axis')

/** 1 / sqrt(mean(x^2) + epsilon) over the last axis, which is kept with extent 1. */
export const inverseRms = (x: Value, epsilon: number): Value =>
  x.shape.length > 0 && isFloat(x)
    ? make({ op: 'InverseRms', epsilon }, [x], [...x.shape.slice(0, -1), 1])
    : refuse('InverseRms', [x], 'it requires floating point and an axis')

/** x * {@link inverseRms}(x) * gain in one pass: an operator of ONNX Runtime's CPU device. */
export const simplifiedLayerNormalization = (x: Value, gain: Value, epsilon: number): Value =>
  make({ op: 'SimplifiedLayerNormalization', epsilon }, [x, gain], x.shape)

/** The {@link inverseRms} that {@link simplifiedLayerNormalization} returns as its second result. */
export const secondResult = (norm: Value): Value =>
  make({ op: 'SecondResult' }, [norm], [...norm.shape.slice(0, -1), 1])

/** (-second half, first half) of the last axis. */
export const rotateHalf = (x: Value): Value =>
  (x.shape.at(-1) ?? 1) % 2 === 0
    ? make({ op: 'RotateHalf' }, [x], x.shape)
    : refuse('RotateHalf', [x], 'it requires an even extent of the last axis')

/**
 * x * cos + {@link rotateHalf}(x) * sin in one pass, for x [batch, heads, length, size]. An operator of ONNX Runtime's CPU
 * device (com.microsoft.RotaryEmbedding).
 *
 * @param positions row of the tables for each token: int64 [1], that of the first token, or int64 [batch, length]
 * @param cos one half of the table, because the halves are equal: [positions, size / 2]; the same holds for `sin`
 */
export const rotaryEmbedding = (x: Value, positions: Value, cos: Value, sin: Value): Value =>
  make({ op: 'RotaryEmbedding' }, [x, positions, cos, sin], x.shape)

export function reshape(x: Value, shape: Shape): Value {
  if (sizeOf(shape) !== sizeOf(x.shape)) return refuse('Reshape', [x], `the new shape is ${formatShape(shape)}`)
  return make({ op: 'Reshape' }, [x], shape)
}

/** Broadcasts to `shape`: repeats along axes of extent 1 and adds leading axes. */
export function expand(x: Value, shape: Shape): Value {
  const reached = broadcast(x.shape, shape)
  if (!reached || sizeOf(reached) !== sizeOf(shape))
    return refuse('Expand', [x], `the new shape is ${formatShape(shape)}`)
  return make({ op: 'Expand' }, [x], shape)
}

export function transpose(x: Value, permutation: readonly number[]): Value {
  if ([...permutation].sort((a, b) => a - b).some((axis, i) => axis !== i) || permutation.length !== x.shape.length)
    return refuse('Transpose', [x], `${formatShape(permutation)} is not a permutation of its axes`)
  return make(
    { op: 'Transpose', permutation },
    [x],
    permutation.map((axis) => x.shape[axis] as number),
  )
}

/** The elements start <= i < end of one axis. */
export function slice(x: Value, axis: number, start: number, end: number): Value {
  const at = axis < 0 ? axis + x.shape.length : axis
  const extent = x.shape[at]
  if (extent === undefined || start < 0 || end > extent || start >= end)
    return refuse('Slice', [x], `it has no elements ${start} to ${end} on axis ${axis}`)
  return make(
    { op: 'Slice', axis: at, start, end },
    [x],
    x.shape.map((e, i) => (i === at ? end - start : e)),
  )
}

export function concat(values: readonly [Value, ...Value[]], axis: number): Value {
  const [first] = values
  const at = axis < 0 ? axis + first.shape.length : axis
  for (const { shape, type } of values)
    if (
      type !== first.type ||
      shape.length !== first.shape.length ||
      shape.some((e, i) => i !== at && e !== first.shape[i])
    )
      return refuse('Concat', values, `they differ on another axis than ${axis}`)
  const extent = values.reduce((sum, { shape }) => sum + (shape[at] as number), 0)
  return make(
    { op: 'Concat', axis: at },
    values,
    first.shape.map((e, i) => (i === at ? extent : e)),
  )
}

/** Rows of a matrix: [rows, columns] and indices [n] (int32 or int64) -> [n, columns]. */
export function gather(x: Value, indices: Value): Value {
  if (x.shape.length !== 2 || indices.shape.length !== 1 || isFloat(indices))
    return refuse('Gather', [x, indices], 'it requires a matrix and a vector of integers')
  return make({ op: 'Gather' }, [x, indices], [indices.shape[0] as number, x.shape[1] as number])
}

/**
 * Adds rows to a matrix: result[indices[i], :] += updates[i, :]; indices [n] (int32 or int64) may repeat.
 * It uses ScatterElements because the CPU kernel of ScatterND adds from several threads at once and loses some repeats.
 */
export function scatterAddRows(x: Value, indices: Value, updates: Value): Value {
  const [count] = updates.shape as [number]
  if (updates.shape.length !== 2 || updates.shape[1] !== x.shape[1] || sizeOf(indices.shape) !== count)
    return refuse(
      'ScatterElements',
      [x, indices, updates],
      'it requires a matrix, a vector of integers and a row for each',
    )
  return scatterAddElements(x, expand(reshape(indices, [count, 1]), updates.shape), updates, 0)
}

/** Elements of a matrix: result[i, j] = x[i, indices[i, j]] for axis 1, x[indices[i, j], j] for axis 0. */
export function gatherElements(x: Value, indices: Value, axis: 0 | 1 = 1): Value {
  if (x.shape.length !== 2 || indices.shape[1 - axis] !== x.shape[1 - axis] || isFloat(indices))
    return refuse(
      'GatherElements',
      [x, indices],
      `it requires a matrix, and indices that differ in shape on axis ${axis} only`,
    )
  return make({ op: 'GatherElements', axis }, [x, indices], indices.shape)
}

/** Adds to elements of a matrix; indices may repeat. It is the transpose of {@link gatherElements}. */
export function scatterAddElements(x: Value, indices: Value, updates: Value, axis: 0 | 1 = 1): Value {
  if (indices.shape.length !== 2 || sizeOf(indices.shape) !== sizeOf(updates.shape) || isFloat(indices))
    return refuse('ScatterElements', [x, indices, updates], 'indices and updates differ')
  return make({ op: 'ScatterElements', axis }, [x, indices, updates], x.shape)
}
