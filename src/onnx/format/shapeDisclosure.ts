import type { Shape, Value } from '../graph/Value.js'

/** An extent as a model states it: a number, a symbol for one of equal but unknown extents, or '' for an unknown one. */
export type Extent = number | string

/** What a model tells ONNX Runtime of its shapes before it runs. ONNX Runtime plans the memory of results by it. */
export interface ShapeDisclosure {
  input(shape: Shape): readonly Extent[]
  /** Whether shapes that results are reshaped to are constants, from which ONNX Runtime infers other shapes. */
  readonly hasConstantTargets: boolean
  /** The extents to state for a computed value; undefined leaves them to ONNX Runtime's inference. */
  result(value: Value): readonly Extent[] | undefined
}

/** States the shapes of the inputs, from which ONNX Runtime infers all others. */
export const everyShape: ShapeDisclosure = {
  input: (shape) => shape,
  hasConstantTargets: true,
  result: () => undefined,
}

/**
 * States no extent along the first axis of an input and no shape that anything is reshaped to, only which results have
 * equal ones, so that ONNX Runtime reuses memory between these alone.
 *
 * @param storage the name of each result's storage; results of one name have one shape
 */
export const equalShapes = (storage: ReadonlyMap<Value, string>): ShapeDisclosure => ({
  input: (shape) => shape.map((extent, axis) => (axis > 0 ? extent : '')),
  hasConstantTargets: false,
  result(value) {
    const name = storage.get(value)
    return name === undefined ? undefined : value.shape.map((_, axis) => `${name}.${axis}`)
  },
})
