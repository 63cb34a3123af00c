import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { abs, add, div, mul, round } from '../graph/primitives/elementwise.js'
import { gather } from '../graph/primitives/indexing.js'
import { constant, scalar } from '../graph/primitives/inputs.js'
import { concat, reshape } from '../graph/primitives/movement.js'
import { type Int8Matrix, matMulIntegerToFloat, quantizeRows } from '../graph/primitives/quantized.js'
import { rowMaximum } from '../graph/primitives/reductions.js'
import type { RunDevice } from '../graph/RunDevice.js'
import type { Value } from '../graph/Value.js'

/** Smaller than any meaningful step; it keeps all-zero rows, such as padding, from dividing by zero. */
const tinyStep = 1e-30

/** The quantization step of each row, with which its largest magnitude becomes `count`: [rows, 1]. */
const stepsOf = (largest: Value, count: number): Value =>
  add(mul(largest, scalar(1 / count, largest)), scalar(tinyStep, largest))

/** A matrix quantized to uint8 with one step per row and a common zero point. */
interface Rounded {
  readonly elements: Value
  readonly steps: Value
  readonly zero: number
}

const signedSteps = (x: Value): Value => stepsOf(rowMaximum(abs(x)), 127)

/** Each row has its own step because the gradients of tokens differ by orders of magnitude. */
function roundToNearest(x: Value): Rounded {
  const steps = signedSteps(x)
  return { elements: quantizeRows(x, reshape(steps, [x.shape[0] as number]), 128), steps, zero: 128 }
}

/**
 * Stochastic rounding (Gupta et al. 2015, https://arxiv.org/abs/1502.02551). Most probabilities of a row are far below a
 * 255th of the largest, but together they matter: rounding to nearest would drop them, and rounding up or down at random,
 * by how near each is, keeps their expected sum. The noise is the same in every run, so runs stay reproducible.
 */
function roundProbabilities(x: Value, noise: (rows: number, columns: number) => Value): Rounded {
  const [rows, columns] = x.shape as [number, number]
  const steps = stepsOf(rowMaximum(x), 255)
  const period = rows % noiseRows === 0 ? noiseRows : rows
  const shifted = add(reshape(div(x, steps), [rows / period, period, columns]), noise(period, columns))
  const ones = constant(new Float32Array(rows).fill(1), [rows])
  return { elements: quantizeRows(reshape(shifted, [rows, columns]), ones, 0), steps, zero: 0 }
}

/** Rows of noise before it repeats. */
const noiseRows = 64

/** Numbers from -0.5 to 0.5 from a linear congruential generator (Numerical Recipes, section 7.1). */
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
 * A rewrite rule that lowers products with int8 weights to operators of the CPU device, and points every other reader of
 * such a weight at its float32 matrix. One rule serves one program: its products share the noise, and products of the same
 * x share its quantized form.
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

/** The int8 right operands of a product, whose results are concatenated along columns; undefined if it stays in float32. */
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

/** The float32 matrix of `int8Slices`. */
export const exactOf = ({ sources: [exact] }: Value): Value => exact as Value

/** The int8 slices of `int8Slices`. */
export const partsOf = ({ sources: [, ...parts] }: Value): readonly Value[] => parts

/**
 * The terms of single elements of x W^T for `int8Slices` W. They are computed apart from the full product but with the same
 * rounding, so no picked logit exceeds the log-sum-exp over all.
 *
 * @param columns the column to pick in each row, [rows]
 * @returns [rows, inner]; the sum of each row is its picked element
 */
export function pickedTerms(x: Value, w: Value, columns: Value): Value {
  const scales = partsOf(w).map((part) => sideOf(part, true).scales) as unknown as [Value, ...Value[]]
  const picked = gather(reshape(concat(scales, 0), [w.shape[0] as number, 1]), columns)
  return mul(nearest(x, signedSteps(x)), nearest(gather(exactOf(w), columns), add(picked, scalar(tinyStep, picked))))
}

const nearest = (x: Value, steps: Value): Value => mul(round(div(x, steps)), steps)
