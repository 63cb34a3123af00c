import type { Device } from '../../onnx/graph/RunDevice.js'
import { DeviceTensor } from '../../onnx/runtime/DeviceTensor.js'
import { resolveDevice } from '../../onnx/runtime/devices.js'
import type { Feeds } from '../../onnx/runtime/Program.js'
import type { Adapter } from './adapterLayout.js'
import { adapterFeeds } from './loraLayers.js'

/**
 * An adapter's parameters in the memory of a device, uploaded once for all programs and runs that read them unchanged. On
 * the CPU they are views of the given parameters, not copies.
 */
export class ResidentParameters {
  /** The feeds of `adapterInputs`. */
  readonly feeds: Feeds
  readonly #tensors: readonly DeviceTensor[]

  private constructor(feeds: Feeds, tensors: readonly DeviceTensor[]) {
    this.feeds = feeds
    this.#tensors = tensors
  }

  static async upload({ layout, values }: Adapter, device: Device = 'cpu'): Promise<ResidentParameters> {
    const feeds = adapterFeeds(layout, values)
    const resolved = await resolveDevice(device)
    if (resolved !== 'webgpu') return new ResidentParameters(feeds, [])
    const named = await Promise.all(
      layout.parameters.map(async ({ name, shape }) => {
        const data = feeds[name] as Float32Array
        return [name, await DeviceTensor.upload(resolved, data, 'float32', shape)] as const
      }),
    )
    return new ResidentParameters(
      Object.fromEntries(named),
      named.map(([, tensor]) => tensor),
    )
  }

  /** Frees the memory on the device. */
  dispose(): void {
    for (const tensor of this.#tensors) tensor.dispose()
  }
}
