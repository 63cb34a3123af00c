import { constants } from 'node:buffer'
import { open } from 'node:fs/promises'
import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { parseWith } from '../../files/parseWith.js'
import { readBytes } from '../../files/readBytes.js'
import { reasonOf } from '../../files/reasonOf.js'

/** The supported element types of the safetensors format, with their size in bytes. */
export const elementBytes = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, BOOL: 1 } as const
export type ElementType = keyof typeof elementBytes

export interface TensorEntry {
  readonly dtype: ElementType
  readonly shape: readonly number[]
  /** Offset of the first byte in the file, header included: it can serve as an ONNX external data offset. */
  readonly byteOffset: number
  readonly byteLength: number
}

export interface SafetensorsFile {
  readonly path: string
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: ReadonlyMap<string, TensorEntry>
}

export interface TensorData {
  readonly dtype: ElementType
  readonly shape: readonly number[]
  readonly data: Uint8Array
}

const maximumHeaderBytes = 100_000_000

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
})
const headerSchema = z.record(z.string(), z.unknown())
const metadataSchema = z.record(z.string(), z.string())

const invalid = (path: string, reason: string, cause?: unknown): OpenLedgerError =>
  new OpenLedgerError('OL1300', { path, reason }, { cause })

/**
 * Reads and checks the header of a safetensors file, but no tensor. The format is eight bytes of header length
 * (little-endian), a JSON header, and the data (https://huggingface.co/docs/safetensors).
 *
 * @throws OL1300 when the file is truncated, or when its header is wrong: offsets out of range, overlapping, or not
 * matching the tensor's size
 * @throws OL1900 when the file cannot be read
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new OpenLedgerError('OL1900', { path, reason: reasonOf(cause) }, { cause })
  })
  try {
    const { size } = await file.stat()
    if (size < 8) throw invalid(path, `it has ${size} bytes; the header length alone has 8`)
    const prefix = Buffer.alloc(8)
    await file.read(prefix, 0, 8, 0)
    const headerBytes = prefix.readBigUInt64LE()
    if (headerBytes > BigInt(Math.min(maximumHeaderBytes, size - 8)))
      throw invalid(path, `its header claims ${headerBytes} bytes; the file has ${size}`)
    const header = Buffer.alloc(Number(headerBytes))
    await file.read(header, 0, header.length, 8)
    return parseHeader(path, header.toString('utf8'), 8 + header.length, size)
  } finally {
    await file.close()
  }
}

function parseHeader(path: string, text: string, dataStart: number, fileSize: number): SafetensorsFile {
  let raw: Record<string, unknown>
  try {
    raw = headerSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw invalid(path, 'its header is not a JSON object', cause)
  }
  const { __metadata__: rawMetadata = {}, ...entries } = raw
  const metadata = metadataSchema.safeParse(rawMetadata)
  if (!metadata.success) throw invalid(path, '__metadata__ is not a map of strings')
  const tensors = new Map<string, TensorEntry>()
  for (const [name, value] of Object.entries(entries)) {
    const { dtype, shape, data_offsets } = parseWith(entrySchema, value, ({ reason }) =>
      invalid(path, `the entry of ${name} is malformed: ${reason}`),
    )
    // The file is sound, but only other tools support these quantized types.
    if (/^F[468]_/.test(dtype)) throw new OpenLedgerError('OL1318', { path, method: dtype })
    if (!isElementType(dtype)) throw invalid(path, `${name} has the element type ${dtype}, which is not supported`)
    const [start, end] = data_offsets
    const expected = shape.reduce((product, extent) => product * extent, elementBytes[dtype])
    if (end < start || dataStart + end > fileSize)
      throw invalid(path, `${name} lies at bytes ${start} to ${end} of ${fileSize - dataStart}`)
    if (end - start !== expected)
      throw invalid(path, `${name} is ${dtype} [${shape.join(', ')}], ${expected} bytes, but has ${end - start}`)
    tensors.set(name, { dtype, shape, byteOffset: dataStart + start, byteLength: end - start })
  }
  refuseGaps(path, tensors, dataStart, fileSize)
  return { path, metadata: metadata.data, tensors }
}

/** Checks that the tensors fill the data section without gaps, as the reference implementation does: no bytes can hide. */
function refuseGaps(path: string, tensors: ReadonlyMap<string, TensorEntry>, dataStart: number, size: number): void {
  const sorted = [...tensors].sort(([, a], [, b]) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength)
  let end = dataStart
  for (const [name, { byteOffset, byteLength }] of sorted) {
    if (byteOffset < end) throw invalid(path, `${name} overlaps the tensor before it`)
    if (byteOffset > end) throw invalid(path, `there are ${byteOffset - end} bytes of no tensor before ${name}`)
    end = byteOffset + byteLength
  }
  if (end < size) throw invalid(path, `its last ${size - end} bytes belong to no tensor`)
}

const isElementType = (text: string): text is ElementType => Object.hasOwn(elementBytes, text)

/**
 * Reads the bytes of one tensor unchanged.
 *
 * @throws OL1301 when the file has no tensor of that name
 */
export async function readTensor(file: SafetensorsFile, name: string): Promise<TensorData> {
  const entry = file.tensors.get(name)
  if (entry === undefined) throw new OpenLedgerError('OL1301', { path: file.path, name })
  if (entry.byteLength > constants.MAX_LENGTH)
    throw invalid(file.path, `${name} has ${entry.byteLength} bytes; one tensor can have ${constants.MAX_LENGTH}`)
  const data = await readBytes(file.path, entry.byteOffset, entry.byteLength)
  if (data.length < entry.byteLength) throw invalid(file.path, `it ended inside ${name}`)
  return { dtype: entry.dtype, shape: entry.shape, data }
}

/** Reads one tensor and widens it to float32 (F16 and BF16 exactly; F64 rounded). */
export async function readFloat32(file: SafetensorsFile, name: string): Promise<Float32Array> {
  return toFloat32(await readTensor(file, name))
}

/** The elements of a tensor as float32. Integers above 2^24 are rounded. */
export function toFloat32({ dtype, data }: TensorData): Float32Array {
  const { buffer, byteOffset, byteLength } = data
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, byteLength / 4)
    case 'F64':
      return Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8))
    case 'BF16':
      return widenBfloat16(new Uint16Array(buffer, byteOffset, byteLength / 2))
    case 'F16':
      return widenFloat16(new Uint16Array(buffer, byteOffset, byteLength / 2))
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer, byteOffset, byteLength / 8), Number)
    case 'I32':
      return Float32Array.from(new Int32Array(buffer, byteOffset, byteLength / 4))
    case 'U8':
    case 'BOOL':
      return Float32Array.from(data)
  }
}

function widenBfloat16(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length)
  for (let i = 0; i < bits.length; i++) wide[i] = (bits[i] as number) << 16
  return new Float32Array(wide.buffer)
}

/** All float16 numbers, computed at the first use: a table is many times faster than arithmetic on each element. */
let float16Values: Float32Array | undefined

function widenFloat16(bits: Uint16Array): Float32Array {
  float16Values ??= Float32Array.from({ length: 2 ** 16 }, (_, half) => float16(half))
  const out = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) out[i] = float16Values[bits[i] as number] as number
  return out
}

function float16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/**
 * The head of a safetensors file: header length and JSON header, padded with spaces so that the data starts at a multiple
 * of eight bytes. The tensors' bytes follow in the order given.
 */
export function safetensorsHead(
  tensors: Iterable<readonly [string, Pick<TensorEntry, 'dtype' | 'shape'>]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {}
  let offset = 0
  for (const [name, { dtype, shape }] of tensors) {
    const end = shape.reduce((product, extent) => product * extent, elementBytes[dtype]) + offset
    header[name] = { dtype, shape, data_offsets: [offset, end] }
    offset = end
  }
  const json = Buffer.from(JSON.stringify(header), 'utf8')
  const head = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ')
  head.writeBigUInt64LE(BigInt(head.length - 8))
  json.copy(head, 8)
  return head
}

/** Serializes tensors in the given order to one safetensors file, returned as consecutive parts. */
export const serializeSafetensors = (
  tensors: ReadonlyMap<string, TensorData>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] => [safetensorsHead(tensors, metadata), ...[...tensors.values()].map(({ data }) => data)]

/** Wraps a float32 array as a tensor to serialize. The bytes are shared, not copied. */
export const float32Tensor = (data: Float32Array, shape: readonly number[]): TensorData => ({
  dtype: 'F32',
  shape,
  data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
})
