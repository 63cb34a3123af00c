import { InferenceSession, type Tensor } from 'onnxruntime-node'
import { serialize } from '../format/serialize.js'
import { type Elements, tensorOf } from '../graph/elements.js'
import { input } from '../graph/primitives/inputs.js'
import type { ElementType, Shape } from '../graph/Value.js'

/**
 * A tensor in the memory of its device, uploaded once and fed to any number of programs and runs. All WebGPU programs of
 * the process share the memory of their device; on every other device the binding keeps tensors in main memory, so this is
 * a plain tensor. {@link dispose} frees it; the garbage collector does not.
 */
export class DeviceTensor {
  readonly type: ElementType
  readonly shape: Shape
  /** The tensor for ONNX Runtime. For a tensor on a device, its `getData` aborts the process. */
  readonly handle: Tensor

  private constructor(handle: Tensor, type: ElementType, shape: Shape) {
    this.handle = handle
    this.type = type
    this.shape = shape
  }

  /**
   * Copies data to a device.
   *
   * @example
   * const w = await DeviceTensor.upload('webgpu', Float32Array.of(1, 2), 'float32', [2])
   */
  static async upload(device: string, data: Elements, type: ElementType, shape: Shape): Promise<DeviceTensor> {
    const tensor = tensorOf(data, type, shape)
    if (device !== 'webgpu') return new DeviceTensor(tensor, type, shape)
    const { out } = await (await copier(type, shape)).run({ x: tensor })
    return new DeviceTensor(out as Tensor, type, shape)
  }

  /** Frees the memory. The tensor cannot be used afterwards. */
  dispose(): void {
    this.handle.dispose()
  }
}

/** Sessions live as long as the process: a tensor used after its session is released aborts the process. */
const copiers = new Map<string, Promise<InferenceSession>>()

/** An identity program whose result stays on the device: the binding has no other upload. */
function copier(type: ElementType, shape: Shape): Promise<InferenceSession> {
  const key = `${type} ${shape.join()}`
  const known = copiers.get(key)
  if (known) return known
  const opened = InferenceSession.create(serialize({ out: input('x', type, shape) }, String), {
    executionProviders: ['webgpu'],
    preferredOutputLocation: 'gpu-buffer',
    logSeverityLevel: 4,
  })
  copiers.set(key, opened)
  return opened
}
