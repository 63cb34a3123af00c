import { InferenceSession, type Tensor } from 'onnxruntime-node'
import { serialize } from '../format/serialize.js'
import { type Elements, tensorOf } from '../graph/elements.js'
import { input } from '../graph/primitives.js'
import type { ElementType, Shape } from '../graph/Value.js'

/**
 * Data that lies where its device computes, uploaded once to be fed to any number of programs and runs. All WebGPU programs
 * of the process share their device's memory; on every other device the binding keeps tensors in main memory, and this is
 * a plain one. Freed by {@link dispose}, not by the garbage collector.
 */
export class DeviceTensor {
  readonly type: ElementType
  readonly shape: Shape
  /** What ONNX Runtime is fed. Its `getData` aborts the process for a tensor of a device. */
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

/** Kept for the process's life: a tensor that outlives the session that made it aborts the process when it is used. */
const copiers = new Map<string, Promise<InferenceSession>>()

/** The identity whose result stays on the device: the only way there that the binding has. */
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
