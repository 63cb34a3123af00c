// First: it changes what the import of ONNX Runtime does.
import './withoutTelemetry.js'

import { availableParallelism, loadavg } from 'node:os'
import { basename, dirname } from 'node:path'
import { env, InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import { fuse } from './fuse.js'
import { serialize } from './serialize.js'
import { type ElementType, formatShape, type Shape, sizeOf, topologicalOrder, type Value } from './Value.js'

/** Where programs run; `auto` takes the first of webgpu and cpu that works. */
export type Device = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml' | 'auto'

/** The version of ONNX Runtime that computes. */
export const runtimeVersion = String(env.versions.node)

export type Elements = Float32Array | Float64Array | Int32Array | BigInt64Array
export type Feeds = Readonly<Record<string, Elements>>

export interface ProgramOptions {
  readonly device?: Device
  /** Threads of one operator; ONNX Runtime takes the number of physical cores unless given. */
  readonly threads?: number
}

interface Port {
  readonly type: ElementType
  readonly shape: Shape
}

const elementsOf: Readonly<Record<ElementType, string>> = {
  float32: 'Float32Array',
  float64: 'Float64Array',
  int32: 'Int32Array',
  int64: 'BigInt64Array',
  bool: 'Uint8Array',
}

/** Weights up to this size are packed for speed, which costs a second copy; larger ones stay mapped from their file. */
const packedBytes = 256 * 2 ** 20

/**
 * Threads that spin while they wait for the next operator make a training step a fifth faster on free cores, and up to
 * four times slower as soon as anything else wants a core.
 */
const isMachineFree = (): boolean => (loadavg()[0] as number) < availableParallelism()

/**
 * A compiled tensor program: values loaded into ONNX Runtime on one device.
 *
 * @example
 * const x = input('x', 'float32', [2])
 * const program = await Program.compile({ y: mul(x, x) })
 * const { y } = await program.run({ x: Float32Array.of(2, 3) }) // 4, 9
 */
export class Program<Name extends string = string> {
  readonly device: Exclude<Device, 'auto'>
  readonly #session: InferenceSession
  readonly #inputs: ReadonlyMap<string, Port>

  private constructor(session: InferenceSession, inputs: ReadonlyMap<string, Port>, device: Exclude<Device, 'auto'>) {
    this.#session = session
    this.#inputs = inputs
    this.device = device
  }

  /**
   * Serialises the values and loads them. All weights of one program lie in files of one folder (links resolved).
   *
   * @throws OL1202 when the device cannot run here
   * @throws OL1204 when ONNX Runtime refuses the program
   */
  static async compile<Name extends string>(
    outputs: Readonly<Record<Name, Value>>,
    { device = 'cpu', threads }: ProgramOptions = {},
  ): Promise<Program<Name>> {
    const inputs = new Map<string, Port>()
    let weightsFolder: string | undefined
    let weightBytes = 0
    for (const { operation, type, shape } of topologicalOrder(Object.values<Value>(outputs))) {
      if (operation.op === 'Input') inputs.set(operation.name, { type, shape })
      if (operation.op === 'Weight') {
        weightsFolder = dirname(operation.data.path)
        weightBytes += operation.data.length
      }
    }
    // ONNX Runtime takes external data by plain file names inside one folder, and refuses absolute paths.
    const model = serialize(fuse(outputs), (path) => basename(path))
    const candidates = device === 'auto' ? (['webgpu', 'cpu'] as const) : [device]
    const available = new Set(listSupportedBackends().map(({ name }) => name))
    for (const candidate of candidates) {
      const last = candidate === candidates.at(-1)
      if (!available.has(candidate)) {
        if (last)
          throw new OpenLedgerError('OL1202', { device: candidate, reason: 'this platform has no such provider' })
        continue
      }
      try {
        const session = await InferenceSession.create(model, {
          executionProviders: [candidate],
          logSeverityLevel: candidate === 'cpu' ? 3 : 4,
          // One copy of the weights, mapped from the file, instead of a second, packed one in memory.
          extra: {
            session: {
              ...(weightBytes > packedBytes && { disable_prepacking: '1' }),
              intra_op: { allow_spinning: isMachineFree() ? '1' : '0' },
              ...(weightsFolder === undefined ? {} : { model_external_initializers_file_folder_path: weightsFolder }),
            },
          },
          ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
        })
        return new Program<Name>(session, inputs, candidate)
      } catch (cause) {
        if (!last) continue
        const reason = reasonOf(cause)
        if (candidate === 'cpu') throw new OpenLedgerError('OL1204', { reason }, { cause })
        throw new OpenLedgerError('OL1202', { device: candidate, reason }, { cause })
      }
    }
    throw new OpenLedgerError('OL1202', { device, reason: 'no device is left to try' })
  }

  /**
   * Runs the program once. Blocks the event loop while it computes (a property of onnxruntime-node).
   *
   * @throws OL1203 when a feed is missing, or not of the declared element type and size
   */
  async run(feeds: Feeds): Promise<Record<Name, Float32Array>> {
    const tensors: Record<string, Tensor> = {}
    for (const [name, { type, shape }] of this.#inputs) {
      const data = feeds[name]
      const wanted = `${elementsOf[type]} ${formatShape(shape)}`
      if (data === undefined) throw new OpenLedgerError('OL1203', { name, given: 'nothing', wanted })
      const kind = Object.prototype.toString.call(data).slice(8, -1)
      if (kind !== elementsOf[type] || data.length !== sizeOf(shape))
        throw new OpenLedgerError('OL1203', { name, given: `${kind} of ${data.length}`, wanted })
      tensors[name] = new Tensor(type as 'float32', data as Float32Array, shape)
    }
    const results = await this.#session.run(tensors)
    const out: Record<string, Float32Array> = {}
    for (const [name, tensor] of Object.entries(results)) out[name] = tensor.data as Float32Array
    return out as Record<Name, Float32Array>
  }

  /** Frees the session's memory. The program cannot run afterwards. */
  async dispose(): Promise<void> {
    await this.#session.release()
  }
}
