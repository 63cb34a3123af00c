import { formatShape, sameShape, type Value } from '../Value.js'
import { constant, scalar } from './inputs.js'
import { make, refuse } from './makeValue.js'

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
