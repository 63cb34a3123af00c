import { readBytes } from '../../files/readBytes.js'
import { elementArrays } from '../graph/elements.js'
import type { ElementType, ExternalData, Shape } from '../graph/Value.js'
import { DeviceTensor } from './DeviceTensor.js'

interface SharedWeight {
  readonly tensor: Promise<DeviceTensor>
  users: number
}

/** Every weight on the WebGPU device, keyed by its byte range. */
const shared = new Map<string, SharedWeight>()

const bytesOf = ({ path, offset, length }: ExternalData): string => `${path}:${offset}:${length}`

/**
 * Lends a frozen weight on the WebGPU device. The first borrower uploads it and all others get the same tensor, so that
 * programs for several batch shapes and for evaluation share one copy of the model.
 */
export function borrowWeight(type: ElementType, shape: Shape, data: ExternalData): Promise<DeviceTensor> {
  const key = bytesOf(data)
  const known = shared.get(key) ?? { tensor: upload(type, shape, data), users: 0 }
  shared.set(key, known)
  known.users++
  return known.tensor
}

/** Returns a borrowed weight; the last return frees it. */
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
