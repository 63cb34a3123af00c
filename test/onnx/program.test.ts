import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { add, mul } from '../../src/onnx/graph/primitives/elementwise.js'
import { input, weight } from '../../src/onnx/graph/primitives/inputs.js'
import { gemm } from '../../src/onnx/graph/primitives/products.js'
import { Program } from '../../src/onnx/runtime/Program.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openledger-program-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('Program', () => {
  test('default', async () => {
    const x = input('x', 'float32', [2])
    const program = await Program.compile({ y: mul(x, x), twice: add(x, x) })
    const { y, twice } = await program.run({ x: Float32Array.of(2, 3) })
    expect([...y]).toEqual([4, 9])
    expect([...twice]).toEqual([4, 6])
    await program.dispose()
  })

  test('behavior: a weight is read from its file at its offset', async () => {
    const path = join(folder, 'weights.bin')
    const values = Float32Array.of(99, 99, 1, 2, 3, 4)
    await writeFile(path, new Uint8Array(values.buffer))
    const x = input('x', 'float32', [1, 2])
    const w = weight('w', [2, 2], { path, offset: 8, length: 16 })
    const program = await Program.compile({ y: gemm(x, w, { transB: true }) })
    const { y } = await program.run({ x: Float32Array.of(10, 1) })
    expect([...y]).toEqual([12, 34])
  })

  test('error: a feed is missing, of another type, or of another size', async () => {
    const program = await Program.compile({ y: mul(input('x', 'float32', [2]), input('z', 'float32', [2])) })
    const z = Float32Array.of(1, 2)
    await expect(program.run({ z })).rejects.toMatchObject({
      code: 'OL1203',
      message: expect.stringContaining('input x'),
    })
    await expect(program.run({ z, x: Float32Array.of(1) })).rejects.toMatchObject({ code: 'OL1203' })
    await expect(program.run({ z, x: Int32Array.of(1, 2) })).rejects.toMatchObject({ code: 'OL1203' })
  })

  test('error: the device does not exist here', async () => {
    const missing = process.platform === 'linux' ? 'coreml' : 'dml'
    const compiling = Program.compile({ y: input('x', 'float32', [1]) }, { device: missing })
    await expect(compiling).rejects.toMatchObject({ code: 'OL1202', exitCode: 2 })
  })

  test('error: shapes that do not fit name the operation and both shapes', () => {
    const a = input('a', 'float32', [2, 3])
    expect(() => gemm(a, a)).toThrow(/Gemm.*float32\[2, 3\] and float32\[2, 3\].*inner extents/)
  })
})
