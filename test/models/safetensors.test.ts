import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import {
  float32Tensor,
  openSafetensors,
  readFloat32,
  readTensor,
  serializeSafetensors,
  type TensorData,
  toFloat32,
} from '../../src/models/weights/safetensors.js'
import { temporaryFolder } from './tinyModel.js'

const folder = temporaryFolder()
let serial = 0

async function write(...parts: readonly Uint8Array[]): Promise<string> {
  const path = join(folder, `${serial++}.safetensors`)
  await writeFile(path, Buffer.concat(parts))
  return path
}

/** A file of the given header, which may lie about its length. */
function file(header: unknown, data = 0, claimed?: bigint): Promise<string> {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(claimed ?? BigInt(json.length))
  return write(prefix, json, Buffer.alloc(data))
}

const entry = (start: number, end: number, shape = [(end - start) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [start, end],
})

test('comes back as it was written, in order, with its metadata', async () => {
  const tensors = new Map<string, TensorData>([
    ['matrix', float32Tensor(Float32Array.of(1, -2, 0.5, Number.NaN, Number.NEGATIVE_INFINITY, -0), [2, 3])],
    ['empty', float32Tensor(new Float32Array(0), [0, 4])],
    ['scalar', { dtype: 'I64', shape: [], data: new Uint8Array(BigInt64Array.of(-5n).buffer) }],
    ['ümlaut "quoted"', { dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ])
  const opened = await openSafetensors(await write(...serializeSafetensors(tensors, { format: 'pt' })))
  expect(opened.metadata).toEqual({ format: 'pt' })
  expect([...opened.tensors.keys()]).toEqual([...tensors.keys()])
  for (const [name, tensor] of tensors) expect(await readTensor(opened, name)).toEqual(tensor)
  expect(await readFloat32(opened, 'scalar')).toEqual(Float32Array.of(-5))
  expect(await readFloat32(opened, 'ümlaut "quoted"')).toEqual(Float32Array.of(1, 0, 1))
  await expect(readTensor(opened, 'other')).rejects.toMatchObject({ code: 'OL1301' })
})

test('data begins at a multiple of eight bytes, so that it can be mapped', async () => {
  for (const name of ['a', 'ab', 'abc', 'abcdefghi']) {
    const { tensors } = await openSafetensors(
      await write(...serializeSafetensors(new Map([[name, float32Tensor(Float32Array.of(1), [1])]]))),
    )
    expect((tensors.get(name)?.byteOffset as number) % 8).toBe(0)
  }
})

describe('a header that lies is refused', () => {
  const huge = 2n ** 63n
  test.each<[string, () => Promise<string>, string]>([
    ['an empty file', () => write(), 'it has 0 bytes'],
    ['seven bytes', () => write(Buffer.alloc(7)), 'it has 7 bytes'],
    ['a header cut off', () => file('{"a":', 0, 500n), 'claims 500 bytes'],
    ['a header of 2^63 bytes', () => file({}, 0, huge), `claims ${huge} bytes`],
    ['bad JSON', () => file('{"a": nothing}'), 'not a JSON object'],
    ['a list', () => file('[]'), 'not a JSON object'],
    ['metadata of numbers', () => file({ __metadata__: { step: 3 } }), '__metadata__'],
    ['an entry without offsets', () => file({ a: { dtype: 'F32', shape: [1] } }), 'the entry of a is malformed'],
    ['a negative extent', () => file({ a: entry(0, 4, [-1]) }, 4), 'the entry of a is malformed'],
    ['a broken extent', () => file({ a: entry(0, 6, [1.5]) }, 6), 'the entry of a is malformed'],
    ['an unknown element type', () => file({ a: entry(0, 4, [4], 'C64') }, 4), 'C64'],
    ['offsets behind the end', () => file({ a: entry(0, 8) }, 4), 'a lies at bytes 0 to 8 of 4'],
    ['offsets the wrong way', () => file({ a: entry(8, 4, [1]) }, 8), 'a lies at bytes 8 to 4'],
    ['a size that is not the shape’s', () => file({ a: entry(0, 8, [3]) }, 8), '12 bytes, but has 8'],
    ['extents whose product overflows', () => file({ a: entry(0, 8, [2 ** 40, 2 ** 40]) }, 8), 'but has 8'],
    ['overlapping tensors', () => file({ a: entry(0, 8), b: entry(4, 12) }, 12), 'b overlaps'],
    ['two tensors of the same bytes', () => file({ a: entry(0, 8), b: entry(0, 8) }, 8), 'overlaps'],
    ['a gap', () => file({ a: entry(0, 4), b: entry(8, 12) }, 12), '4 bytes of no tensor before b'],
    ['bytes at the end', () => file({ a: entry(0, 4) }, 12), 'last 8 bytes'],
  ])('%s', async (_, make, reason) => {
    await expect(make().then(openSafetensors)).rejects.toMatchObject({
      code: 'OL1300',
      details: { reason: expect.stringContaining(reason) },
    })
  })

  test('a folder, and a file that is not there', async () => {
    await expect(openSafetensors(join(folder, 'none'))).rejects.toMatchObject({ code: 'OL1900' })
  })

  test('a file that shrinks after it was opened', async () => {
    const path = await file({ a: entry(0, 400) }, 400)
    const opened = await openSafetensors(path)
    await writeFile(path, 'short')
    await expect(readTensor(opened, 'a')).rejects.toMatchObject({ code: 'OL1300' })
  })
})

describe('widening to float32 is exact', () => {
  const widen = (dtype: 'F16' | 'BF16', bits: Uint16Array): Float32Array =>
    toFloat32({ dtype, shape: [bits.length], data: new Uint8Array(bits.buffer) })
  const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i)

  test('every float16 number', () => {
    const wide = widen('F16', all)
    // IEEE 754 binary16, field by field; a second way of saying the same.
    const known: Record<number, number> = {
      0: 0,
      32768: -0,
      1: 2 ** -24,
      1023: 1023 * 2 ** -24,
      1024: 2 ** -14,
      15360: 1,
      13653: 0.333251953125,
      49152: -2,
      31743: 65504,
      31744: Number.POSITIVE_INFINITY,
      64512: Number.NEGATIVE_INFINITY,
      32256: Number.NaN,
    }
    for (const [half, value] of Object.entries(known)) expect(wide[Number(half)]).toBe(value)
    // Positive numbers in the order of their bits lie at one distance within an exponent; negative ones mirror them.
    const wrong: number[] = []
    for (let half = 1; half <= 0x7bff; half++) {
      const gap = 2 ** (Math.max(1, (half - 1) >> 10) - 25)
      const value = wide[half] as number
      if (value - (wide[half - 1] as number) !== gap || wide[half | 0x8000] !== -value) wrong.push(half)
    }
    expect(wrong).toEqual([])
  })

  test('every bfloat16 number has the same sixteen leading bits', () => {
    const wide = widen('BF16', all)
    const bits = new Uint32Array(wide.buffer)
    expect(bits.every((each, i) => each === (i << 16) >>> 0)).toBe(true)
    expect([wide[0x3f80], wide[0xff80], wide[1]]).toEqual([1, Number.NEGATIVE_INFINITY, 2 ** -133])
  })
})
