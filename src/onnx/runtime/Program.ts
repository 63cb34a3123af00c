// This import comes first: it must run before ONNX Runtime is loaded.
import './withoutTelemetry.js'

import { availableParallelism } from 'node:os'
import { dirname, relative } from 'node:path'
import { env, InferenceSession, type Tensor } from 'onnxruntime-node'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { serialize } from '../format/serialize.js'
import { equalShapes, everyShape } from '../format/shapeDisclosure.js'
import { type Elements, elementArrays, tensorOf } from '../graph/elements.js'
import type { Device, RunDevice } from '../graph/RunDevice.js'
import {
  type ElementType,
  type ExternalData,
  formatShape,
  type Shape,
  sameShape,
  sizeOf,
  topologicalOrder,
  type Value,
  weightKey,
} from '../graph/Value.js'
import { lower } from '../passes/lower.js'
import { RowReader, withoutLookups } from '../passes/rowLookups.js'
import { storageNames } from '../passes/storageNames.js'
import { type ResultPart, wholeResults } from '../passes/wholeResults.js'
import { DeviceTensor } from './DeviceTensor.js'
import { knownDevices, resolveDevice } from './devices.js'
import { freeCores } from './freeCores.js'
import { type Placement, PlacementProfile } from './placement.js'
import { borrowWeight, returnWeight } from './sharedWeights.js'

export type { Device } from '../graph/RunDevice.js'

/** The version of ONNX Runtime. */
export const runtimeVersion = String(env.versions.node)

export type Feeds = Readonly<Record<string, Elements | DeviceTensor>>

export interface ProgramOptions {
  readonly device?: Device
  /** Threads per operator; the number of physical cores by default. */
  readonly threads?: number
  /**
   * Prepack weights, if they are at most 256 MiB together. It pays off for products with few rows; with many rows it gains
   * hardly anything, and every product that reads a weight holds a packed copy of it. Programs with int8 weights always
   * prepack.
   */
  readonly packing?: boolean
}

export interface CompileOptions extends ProgramOptions {
  /** If false, buffers come from the heap that all programs share and return to it, instead of from an arena of the program. */
  readonly ownBuffers?: boolean
}

interface Port {
  readonly type: ElementType
  readonly shape: Shape
}

/** A weight on the device, shared by all programs. */
interface BorrowedWeight {
  readonly tensor: DeviceTensor
  readonly data: ExternalData
}

/** Weights up to this total size are prepacked if the caller asks; larger ones stay mapped from their file. */
const packedBytes = 256 * 2 ** 20

/**
 * Threads that spin while they wait for the next operator make a training step a fifth faster on free cores, and up to
 * four times slower while another process needs a core. Load below one core is ignored as transient.
 */
const maySpin = (threads = availableParallelism()): boolean => freeCores() > threads - 1

/**
 * A compiled tensor program: values loaded into ONNX Runtime on one device.
 *
 * @example
 * const x = input('x', 'float32', [2])
 * const program = await Program.compile({ y: mul(x, x) })
 * const { y } = await program.run({ x: Float32Array.of(2, 3) }) // 4, 9
 */
export class Program<Name extends string = string> {
  readonly device: RunDevice
  readonly #session: InferenceSession
  readonly #inputs: ReadonlyMap<string, Port>
  readonly #readers: readonly RowReader[]
  readonly #borrowed: ReadonlyMap<string, BorrowedWeight>
  readonly #parts: ReadonlyMap<Name, ResultPart>
  #profile: PlacementProfile | undefined
  #placement: Placement | undefined

  private constructor(
    session: InferenceSession,
    device: RunDevice,
    ports: {
      readonly inputs: ReadonlyMap<string, Port>
      readonly readers: readonly RowReader[]
      readonly borrowed: ReadonlyMap<string, BorrowedWeight>
      readonly parts: ReadonlyMap<Name, ResultPart>
    },
    profile: PlacementProfile | undefined,
  ) {
    this.#session = session
    this.device = device
    this.#inputs = ports.inputs
    this.#readers = ports.readers
    this.#borrowed = ports.borrowed
    this.#parts = ports.parts
    this.#profile = profile
  }

  /**
   * Serializes the values and loads them. ONNX Runtime maps the weights from their files (symbolic links resolved).
   *
   * @throws OL1202 when the device cannot run here
   * @throws OL1204 when ONNX Runtime refuses the program
   */
  static async compile<Name extends string>(
    outputs: Readonly<Record<Name, Value>>,
    { device: wanted = 'cpu', threads, packing = false, ownBuffers = true }: CompileOptions = {},
  ): Promise<Program<Name>> {
    const device = await resolveDevice(wanted)
    if (!knownDevices().includes(device))
      throw new OpenLedgerError('OL1202', { device, reason: 'this platform has no such provider' })
    const inputs = new Map<string, Port>()
    const weights = new Map<string, Port & { readonly data: ExternalData }>()
    let packs = packing
    for (const { operation, type, shape } of topologicalOrder(Object.values<Value>(outputs))) {
      if (operation.op === 'Input') inputs.set(operation.name, { type, shape })
      if (operation.op === 'Int8Weight' || operation.op === 'MatMulIntegerToFloat') packs = true
      if (operation.op === 'Weight') weights.set(weightKey(operation), { type, shape, data: operation.data })
    }
    const files = [...weights.values()].map(({ data }) => data)
    const folder = commonFolder(files.map(({ path }) => path))
    const weightBytes = files.reduce((sum, { length }) => sum + length, 0)
    const shares = device === 'webgpu'
    // ONNX Runtime takes external data by path relative to one folder, and refuses absolute paths.
    const lowered = lower(outputs, device)
    const outside = device === 'cpu' ? withoutLookups(lowered) : { outputs: lowered, lookups: [] }
    const { whole, parts } = wholeResults(outside.outputs)
    // Results that are freed early, one by one, fragment the shared heap: 421 MiB instead of 327.
    const disclosure = device === 'cpu' && ownBuffers ? equalShapes(storageNames(Object.values(whole))) : everyShape
    const model = serialize(whole, shares ? undefined : (path) => relative(folder, path), disclosure)
    const profile = device === 'cpu' ? undefined : await PlacementProfile.start()
    const borrowed = new Map<string, BorrowedWeight>()
    try {
      if (shares)
        for (const [key, { type, shape, data }] of weights)
          borrowed.set(key, { tensor: await borrowWeight(type, shape, data), data })
      const session = await InferenceSession.create(model, {
        executionProviders: [device],
        logSeverityLevel: device === 'cpu' ? 3 : 4,
        // A memory plan made ahead takes half as much memory again as allocating on demand, and is no faster.
        enableMemPattern: false,
        enableCpuMemArena: ownBuffers,
        ...profile?.options,
        // Without prepacking there is one copy of the weights, mapped from the file.
        extra: {
          session: {
            ...((!packs || weightBytes > packedBytes) && { disable_prepacking: '1' }),
            intra_op: { allow_spinning: maySpin(threads) ? '1' : '0' },
            // Threads that spin between runs of one program would take cores from another program.
            force_spinning_stop: '1',
            ...(folder && { model_external_initializers_file_folder_path: folder }),
          },
        },
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      })
      const readers = outside.lookups.map((lookup) => new RowReader(lookup))
      return new Program<Name>(session, device, { inputs, readers, borrowed, parts }, profile)
    } catch (cause) {
      await profile?.remove()
      await Promise.all([...borrowed.values()].map(({ data }) => returnWeight(data)))
      const reason = withoutPlace(reasonOf(cause))
      if (device === 'cpu') throw new OpenLedgerError('OL1204', { reason }, { cause })
      throw new OpenLedgerError('OL1202', { device, reason }, { cause })
    }
  }

  /**
   * Where the operators ran, known after the first run. Undefined on the CPU, which has nothing to fall back to.
   */
  get placement(): Placement | undefined {
    return this.#placement
  }

  /**
   * Runs the program once. Blocks the event loop while it computes (a property of onnxruntime-node).
   *
   * @returns the outputs' elements; two results may be parts of one array
   * @throws OL1203 when a feed is missing, or not of the declared element type and size
   */
  async run(feeds: Feeds): Promise<Record<Name, Float32Array>> {
    const tensors: Record<string, Tensor> = {}
    for (const [name, port] of this.#inputs) tensors[name] = fed(name, feeds[name], port)
    for (const [name, { tensor }] of this.#borrowed) tensors[name] = tensor.handle
    const read = this.#readers.map((reader) => {
      const { name, by, rows, shape } = reader.lookup
      const values = reader.read((tensors[by] as Tensor).data as Int32Array | BigInt64Array)
      tensors[name] = tensorOf(values, 'float32', [rows, shape[1]])
      return { reader, values }
    })
    const results = await this.#session.run(tensors)
    for (const { reader, values } of read) reader.release(values)
    if (this.#profile) await this.#endProfile()
    const elements = [...this.#parts].map(([name, { of, start, end }]) => {
      const all = results[of]?.data as Float32Array
      return [name, end - start === all.length ? all : all.subarray(start, end)]
    })
    return Object.fromEntries(elements) as Record<Name, Float32Array>
  }

  /** Frees the session's memory. The program cannot run afterwards. */
  async dispose(): Promise<void> {
    if (this.#profile) await this.#endProfile()
    await Promise.all([...this.#borrowed.values()].map(({ data }) => returnWeight(data)))
    await this.#session.release()
    for (const reader of this.#readers) reader.close()
  }

  async #endProfile(): Promise<void> {
    const profile = this.#profile as PlacementProfile
    this.#profile = undefined
    this.#session.endProfiling()
    this.#placement = await profile.read()
    await profile.remove()
  }
}

/** The innermost folder that contains all files; empty if there are none. */
const commonFolder = (paths: readonly string[]): string =>
  paths.map(dirname).reduce((common, folder) => {
    let ancestor = common || folder
    while (relative(ancestor, folder).startsWith('..')) ancestor = dirname(ancestor)
    return ancestor
  }, '')

/** Strips source location and stack trace, which ONNX Runtime adds to the message of a failed assertion. */
const withoutPlace = (message: string): string =>
  (message.split('\n')[0] as string).replace(/^\/onnxruntime_src\/.* was false\. /, '')

/** @throws OL1203 when it is missing, or not of the declared element type and size */
function fed(name: string, data: Elements | DeviceTensor | undefined, { type, shape }: Port): Tensor {
  const wanted = `${elementArrays[type].name} ${formatShape(shape)}`
  if (data === undefined) throw new OpenLedgerError('OL1203', { name, given: 'nothing', wanted })
  if (data instanceof DeviceTensor) {
    if (data.type === type && sameShape(data.shape, shape)) return data.handle
    throw new OpenLedgerError('OL1203', { name, given: `a tensor ${data.type}${formatShape(data.shape)}`, wanted })
  }
  const kind = Object.prototype.toString.call(data).slice(8, -1)
  if (kind !== elementArrays[type].name || data.length !== sizeOf(shape))
    throw new OpenLedgerError('OL1203', { name, given: `${kind} of ${data.length}`, wanted })
  return tensorOf(data, type, shape)
}
