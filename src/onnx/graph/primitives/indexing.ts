import { sizeOf, type Value } from '../Value.js'
import { isFloat, make, refuse } from './makeValue.js'
import { expand, reshape } from './movement.js'

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
