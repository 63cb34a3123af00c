import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import {
  abs,
  add,
  concat,
  constant,
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
} from '../graph/primitives.js'
import type { RunDevice } from '../graph/RunDevice.js'
import type { Value } from '../graph/Value.js'

/** Below any step that matters: keeps rows of zeros, which padding has, from dividing by zero. */
const tinyStep = 1e-30

/** The steps that rows are rounded to, so that the largest magnitude of each is so many: [rows, 1]. */
const stepsOf = (largest: Value, count: number): Value =>
  add(mul(largest, scalar(1 / count, largest)), scalar(tinyStep, largest))

/** A matrix in unsigned integers of 8 bits, every row in steps of its own, with what stands for 0. */
interface Rounded {
  readonly elements: Value
  readonly steps: Value
  readonly zero: number
}

const signedSteps = (x: Value): Value => stepsOf(rowMaximum(abs(x)), 127)

/** Rows have their own steps since the gradients of tokens differ by orders of magnitude. */
function roundToNearest(x: Value): Rounded {
  const steps = signedSteps(x)
  return { elements: quantizeRows(x, reshape(steps, [x.shape[0] as number]), 128), steps, zero: 128 }
}

/**
 * Most probabilities of a row are far below a 255th of the largest, and together they weigh. So they are rounded up or down
 * at random, up the more often the nearer they are: the sum stays what it was in the mean (stochastic rounding: Gupta et
 * al. 2015, https://arxiv.org/abs/1502.02551). The noise is the same in every run, which stays reproducible.
 */
function roundProbabilities(x: Value, noise: (rows: number, columns: number) => Value): Rounded {
  const [rows, columns] = x.shape as [number, number]
  const steps = stepsOf(rowMaximum(x), 255)
  const period = rows % noiseRows === 0 ? noiseRows : rows
  const shifted = add(reshape(div(x, steps), [rows / period, period, columns]), noise(period, columns))
  const ones = constant(new Float32Array(rows).fill(1), [rows])
  return { elements: quantizeRows(reshape(shifted, [rows, columns]), ones, 0), steps, zero: 0 }
}

/** Rows of noise before it comes again. */
const noiseRows = 64

/** Numbers from -0.5 to 0.5, of a linear congruential generator (Numerical Recipes, section 7.1). */
function uniformNoise(rows: number, columns: number): Value {
  let state = 1
  const data = Float32Array.from({ length: rows * columns }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 - 0.5
  })
  return constant(data, [rows, columns])
}

const isSlices = ({ operation }: Value): boolean => operation.op === 'Int8Slices'

/**
 * A rule for products with int8 weights as operators of the CPU device, and for what else reads such a weight. One rule
 * serves one program: its products share their noise, and those of the same x its rounding.
 *
 * @throws OL1230 on a device without int8 products
 */
export function int8Products(device: RunDevice | 'any'): (value: Value) => Value | undefined {
  const noises = new Map<string, Value>()
  const noise = (rows: number, columns: number): Value => {
    const key = `${rows} x ${columns}`
    const made = noises.get(key) ?? uniformNoise(rows, columns)
    noises.set(key, made)
    return made
  }
  const roundings = new Map<Value, Rounded>()
  const roundingOf = (x: Value): Rounded => {
    const made = roundings.get(x) ?? (x.operation.op === 'Softmax' ? roundProbabilities(x, noise) : roundToNearest(x))
    roundings.set(x, made)
    return made
  }
  return (value) => {
    const { operation, sources } = value
    const [x, w, plus] = sources as [Value, Value, Value | undefined]
    const matrices = operation.op === 'Gemm' ? matricesOf(x, w, operation.transB) : undefined
    if (operation.op !== 'Gemm' || !matrices)
      return sources.some(isSlices)
        ? { ...value, sources: sources.map((source) => (isSlices(source) ? exactOf(source) : source)) }
        : undefined
    if (device !== 'cpu') throw new OpenLedgerError('OL1230', { device })
    const { elements, steps, zero } = roundingOf(x)
    const factors = operation.alpha === 1 ? steps : mul(steps, scalar(operation.alpha, x))
    const products = matrices.map((matrix) => mul(matMulIntegerToFloat(elements, zero, matrix), factors))
    const [first, ...rest] = products as [Value, ...Value[]]
    const whole = rest.length === 0 ? first : concat([first, ...rest], 1)
    return plus ? add(whole, plus) : whole
  }
}

/** What x is multiplied by, the parts of the result side by side; undefined for products that stay in float32. */
function matricesOf(x: Value, w: Value, transposed: boolean): readonly Int8Matrix[] | undefined {
  if (w.operation.op === 'Int8Weight') return [sideOf(w, transposed)]
  if (!isSlices(w)) return undefined
  const parts = partsOf(w)
  if (transposed) return parts.map((part) => sideOf(part, true))
  return x.operation.op === 'Softmax' && parts.length === 1 ? [sideOf(parts[0] as Value, false)] : undefined
}

function sideOf({ sources }: Value, transposed: boolean): Int8Matrix {
  const [straight, straightScales, turned, turnedScales] = sources as [Value, Value, Value, Value]
  return transposed ? { elements: turned, scales: turnedScales } : { elements: straight, scales: straightScales }
}

/** The matrix of `int8Slices` in float32. */
export const exactOf = ({ sources: [exact] }: Value): Value => exact as Value

/** Its slices in int8. */
export const partsOf = ({ sources: [, ...parts] }: Value): readonly Value[] => parts

/**
 * What single elements of x W^T are sums of, for `int8Slices` W: computed apart from the others, but with the same
 * roundings, so that no logit so picked is above the log-sum-exp of all.
 *
 * @param columns that of each row, [rows]
 * @returns [rows, inner], the sums of whose rows they are
 */
export function pickedTerms(x: Value, w: Value, columns: Value): Value {
  const scales = partsOf(w).map((part) => sideOf(part, true).scales) as unknown as [Value, ...Value[]]
  const picked = gather(reshape(concat(scales, 0), [w.shape[0] as number, 1]), columns)
  return mul(nearest(x, signedSteps(x)), nearest(gather(exactOf(w), columns), add(picked, scalar(tinyStep, picked))))
}

const nearest = (x: Value, steps: Value): Value => mul(round(div(x, steps)), steps)
