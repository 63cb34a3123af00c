import type { Value } from '../Value.js'
import { isFloat, make, refuse } from './makeValue.js'

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
