import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { readBytes } from '../../files/readBytes.js'
import type { Value } from '../../onnx/graph/Value.js'

/**
 * The elements of a frozen float32 tensor, read from its file.
 *
 * @param folder the model's folder, for the error
 * @throws OL1314 when an element is NaN or infinite
 */
export async function readWeight({ operation }: Value, folder: string): Promise<Float32Array> {
  if (operation.op !== 'Weight') throw new TypeError(`${operation.op} is no tensor of a file`)
  const { name, data } = operation
  const elements = new Float32Array((await readBytes(data.path, data.offset, data.length)).buffer)
  if (!elements.every(Number.isFinite)) throw new OpenLedgerError('OL1314', { path: folder, name })
  return elements
}
