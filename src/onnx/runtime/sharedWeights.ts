import { readBytes } from '../../files/readBytes.js'
import { elementArrays } from '../graph/elements.js'
import type { ElementType, ExternalData, Shape } from '../graph/Value.js'
import { DeviceTensor } from './DeviceTensor.js'

interface SharedWeight {
  readonly tensor: Promise<DeviceTensor>
  users: number
}

/** Every weight that lies on the WebGPU device, by the bytes of its file. */
const shared = new Map<string, SharedWeight>()

const bytesOf = ({ path, offset, length }: ExternalData): string => `${path}:${offset}:${length}`

/**
 * Lends a frozen weight on the WebGPU device: uploaded when the first program wants it, the same tensor for every other,
 * so that programs for several batch shapes and for evaluation do not each hold the model.
 */
export function borrowWeight(type: ElementType, shape: Shape, data: ExternalData): Promise<DeviceTensor> {
  const key = bytesOf(data)
  const known = shared.get(key) ?? { tensor: upload(type, shape, data), users: 0 }
  shared.set(key, known)
  known.users++
  return known.tensor
}

/** Gives a borrowed weight back; the last to do so frees it. */
export async function returnWeight(data: ExternalData): Promise<void> {
  const key = bytesOf(data)
  const known = shared.get(key)
  if (known === undefined || --known.users > 0) return
  shared.delete(key)
  const tensor = await known.tensor.catch(() => undefined)
  tensor?.dispose()
}

async function upload(type: ElementType, shape: Shape, { path, offset, length }: ExternalData): Promise<DeviceTensor> {
  const bytes = await readBytes(path, offset, length)
  return DeviceTensor.upload('webgpu', new elementArrays[type](bytes.buffer) as Float32Array, type, shape)
}
