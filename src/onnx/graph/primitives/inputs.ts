import { type ElementType, type ExternalData, type Shape, sizeOf, type Value } from '../Value.js'
import { make, refuse } from './makeValue.js'

/** A tensor that the caller feeds on every run. */
export const input = (name: string, type: ElementType, shape: Shape): Value =>
  make({ op: 'Input', name }, [], shape, type)

/** A frozen tensor, read from its little-endian bytes in a file; it never enters the JavaScript heap. */
export const weight = (name: string, shape: Shape, data: ExternalData, type: ElementType = 'float32'): Value =>
  make({ op: 'Weight', name, data }, [], shape, type)

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
