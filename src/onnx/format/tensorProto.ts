import type { ElementType, Shape } from '../graph/Value.js'
import { ProtobufWriter } from './protobuf.js'
import type { Extent } from './shapeDisclosure.js'

/** TensorProto.DataType of onnx.proto. */
const dataType: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
  int4: 22,
}

/** TensorProto with its bytes inside. */
export const tensorProto = (name: string, type: ElementType, shape: Shape, data: Uint8Array): ProtobufWriter =>
  new ProtobufWriter().ints(1, shape).int(2, dataType[type]).string(8, name).bytes(9, data)

/** TensorProto whose bytes lie in a file. */
export function externalTensorProto(
  name: string,
  type: ElementType,
  shape: Shape,
  path: string,
  offset: number,
  length: number,
): ProtobufWriter {
  const writer = new ProtobufWriter().ints(1, shape).int(2, dataType[type]).string(8, name)
  for (const [key, value] of Object.entries({ location: path, offset, length }))
    writer.message(13, new ProtobufWriter().string(1, key).string(2, String(value)))
  return writer.int(14, 1)
}

/**
 * ValueInfoProto: the type and shape of an input, of an output or of a result within the graph.
 *
 * @param shape for each axis its {@link Extent}
 */
export function valueInfoProto(name: string, type: ElementType, shape: readonly Extent[]): ProtobufWriter {
  const dimensions = new ProtobufWriter()
  for (const extent of shape) {
    const dimension = new ProtobufWriter()
    if (typeof extent === 'number') dimension.int(1, extent)
    else if (extent !== '') dimension.string(2, extent)
    dimensions.message(1, dimension)
  }
  const tensorType = new ProtobufWriter().int(1, dataType[type]).message(2, dimensions)
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensorType))
}
