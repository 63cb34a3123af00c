import { formatShape, type Shape, sizeOf, type Value } from '../Value.js'
import { broadcast, make, refuse } from './makeValue.js'

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

/** (-second half, first half) of the last axis. */
export const rotateHalf = (x: Value): Value =>
  (x.shape.at(-1) ?? 1) % 2 === 0
    ? make({ op: 'RotateHalf' }, [x], x.shape)
    : refuse('RotateHalf', [x], 'it requires an even extent of the last axis')
