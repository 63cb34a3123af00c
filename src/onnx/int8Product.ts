import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import type { RunDevice } from './devices.js'
import {
  abs,
  add,
  concat,
  div,
  gather,
  type Int8Matrix,
  matMulIntegerToFloat,
  mul,
  quantizeRows,
  reshape,
  round,
  rowMaximum,
  scalar,
} from './primitives.js'
import type { Value } from './Value.js'

/** Below any step that matters: keeps rows of zeros, which padding has, from dividing by zero. */
const tinyStep = 1e-30

/** The unsigned integer that stands for 0. */
const zero = 128

/** The step that each row of a matrix is rounded to: its own, since the gradients of tokens differ by orders of magnitude. */
const stepsOf = (x: Value): Value => add(mul(rowMaximum(abs(x)), scalar(1 / 127, x)), scalar(tinyStep, x))

/** x times an int8 matrix, and then times `alpha`. */
function product(x: Value, matrix: Int8Matrix, alpha: number): Value {
  const steps = stepsOf(x)
  const rounded = quantizeRows(x, reshape(steps, [x.shape[0] as number]), zero)
  return mul(matMulIntegerToFloat(rounded, zero, matrix), alpha === 1 ? steps : mul(steps, scalar(alpha, x)))
}

const isSlices = ({ operation }: Value): boolean => operation.op === 'Int8Slices'

/**
 * A product with an int8 weight as operators of the CPU device, and what else reads such a weight.
 *
 * @throws OL1230 on a device without int8 products
 */
export function int8Product(value: Value, device: RunDevice | 'any'): Value | undefined {
  const { operation, sources } = value
  const [x, w, plus] = sources as [Value, Value, Value | undefined]
  if (operation.op === 'Gemm' && (w.operation.op === 'Int8Weight' || (operation.transB && isSlices(w)))) {
    if (device !== 'cpu') throw new OpenLedgerError('OL1230', { device })
    const products = matricesOf(w, operation.transB).map((matrix) => product(x, matrix, operation.alpha))
    const [first, ...rest] = products as [Value, ...Value[]]
    const whole = rest.length === 0 ? first : concat([first, ...rest], 1)
    return plus ? add(whole, plus) : whole
  }
  if (!sources.some(isSlices)) return undefined
  return { ...value, sources: sources.map((source) => (isSlices(source) ? exactOf(source) : source)) }
}

function matricesOf(w: Value, transposed: boolean): readonly Int8Matrix[] {
  if (isSlices(w)) return partsOf(w)
  const [straight, straightScales, turned, turnedScales] = w.sources as [Value, Value, Value, Value]
  return [transposed ? { elements: turned, scales: turnedScales } : { elements: straight, scales: straightScales }]
}

/** The matrix of `int8Slices` in float32. */
export const exactOf = ({ sources: [exact] }: Value): Value => exact as Value

/** Its slices in int8. */
export const partsOf = ({ sources: [, ...parts] }: Value): readonly Int8Matrix[] =>
  parts.flatMap((elements, i) => (i % 2 === 0 ? [{ elements, scales: parts[i + 1] as Value }] : []))

/**
 * What single elements of x W^T are sums of, for `int8Slices` W: computed apart from the others, but with the same
 * roundings, so that no logit so picked is above the log-sum-exp of all.
 *
 * @param columns that of each row, [rows]
 * @returns [rows, inner], the sums of whose rows they are
 */
export function pickedTerms(x: Value, w: Value, columns: Value): Value {
  const scales = concat(partsOf(w).map((part) => part.scales) as unknown as [Value, ...Value[]], 0)
  const picked = gather(reshape(scales, [w.shape[0] as number, 1]), columns)
  return mul(nearest(x, stepsOf(x)), nearest(gather(exactOf(w), columns), add(picked, scalar(tinyStep, picked))))
}

const nearest = (x: Value, steps: Value): Value => mul(round(div(x, steps)), steps)
