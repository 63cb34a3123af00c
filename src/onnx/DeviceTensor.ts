import { InferenceSession, type Tensor } from 'onnxruntime-node'
import { type Elements, tensorOf } from './elements.js'
import { input } from './primitives.js'
import { serialize } from './serialize.js'
import type { ElementType, Shape } from './Value.js'

/**
 * A tensor where its device computes: a program's output that stays there, or data uploaded once for many runs. All
 * WebGPU programs of the process share their device's memory; on every other device the binding keeps tensors in main
 * memory, and this is a plain one. Freed by {@link dispose}, not by the garbage collector.
 */
export class DeviceTensor {
  readonly type: ElementType
  readonly shape: Shape
  /** What ONNX Runtime is fed. Its own `getData` aborts the process for a tensor of a device: use {@link download}. */
  readonly handle: Tensor
  readonly #onDispose: (() => void) | undefined

  constructor(handle: Tensor, type: ElementType, shape: Shape, onDispose?: () => void) {
    this.handle = handle
    this.type = type
    this.shape = shape
    this.#onDispose = onDispose
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
    const { out } = await (await copier(type, shape, 'gpu-buffer')).run({ x: tensor })
    return new DeviceTensor(out as Tensor, type, shape)
  }

  /** The tensor's elements, copied back from its device. */
  async download(): Promise<Float32Array> {
    if (this.handle.location === 'cpu') return this.handle.data as Float32Array
    const { out } = await (await copier(this.type, this.shape, 'cpu')).run({ x: this.handle })
    return (out as Tensor).data as Float32Array
  }

  /** Frees the memory. The tensor cannot be used afterwards. */
  dispose(): void {
    this.handle.dispose()
    this.#onDispose?.()
  }
}

/** Kept for the process's life: a tensor that outlives the session that made it aborts the process when it is used. */
const copiers = new Map<string, Promise<InferenceSession>>()

/** The identity from one side to the other: the only way across that the binding has. */
function copier(type: ElementType, shape: Shape, to: 'gpu-buffer' | 'cpu'): Promise<InferenceSession> {
  const key = `${to} ${type} ${shape.join()}`
  const known = copiers.get(key)
  if (known) return known
  const opened = InferenceSession.create(serialize({ out: input('x', type, shape) }, String), {
    executionProviders: ['webgpu'],
    preferredOutputLocation: to,
    logSeverityLevel: 4,
  })
  copiers.set(key, opened)
  return opened
}
