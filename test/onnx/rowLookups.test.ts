import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { crossEntropy } from '../../src/onnx/graph/composites.js'
import { gradient } from '../../src/onnx/graph/gradient.js'
import { add, mul } from '../../src/onnx/graph/primitives/elementwise.js'
import { gather } from '../../src/onnx/graph/primitives/indexing.js'
import { input, weight } from '../../src/onnx/graph/primitives/inputs.js'
import { reshape } from '../../src/onnx/graph/primitives/movement.js'
import { gemm } from '../../src/onnx/graph/primitives/products.js'
import { reduceSum } from '../../src/onnx/graph/primitives/reductions.js'
import type { Value } from '../../src/onnx/graph/Value.js'
import { lower } from '../../src/onnx/passes/lower.js'
import { withoutLookups } from '../../src/onnx/passes/rowLookups.js'
import { Program } from '../../src/onnx/runtime/Program.js'

const [vocabulary, width, tokens] = [8192, 160, 6]
let folder: string
let path: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openledger-rows-'))
  path = join(folder, 'model.safetensors')
  const data = Float32Array.from({ length: 2 + vocabulary * width }, (_, i) => Math.sin(i * 0.731) / 4)
  await writeFile(path, new Uint8Array(data.buffer))
})
afterAll(() => rm(folder, { recursive: true }))

/** A model of an embedding and a head, which are one table in a file, or are fed. */
function network(table: Value): Record<string, Value> {
  const shift = input('shift', 'float32', [table.shape[1] as number])
  const hidden = add(gather(table, input('ids', 'int32', [tokens])), shift)
  const losses = crossEntropy(gemm(hidden, table, { transB: true }), input('targets', 'int32', [tokens, 1]))
  const loss = reshape(reduceSum(mul(losses, losses), [0, 1]), [])
  const [gradientOfShift] = gradient(loss, [shift]) as [Value]
  return { loss, gradientOfShift }
}
const frozen = (): Value => weight('table', [vocabulary, width], { path, offset: 8, length: 4 * vocabulary * width })
const feeds = {
  shift: new Float32Array(width).fill(0.125),
  ids: Int32Array.of(3, 8191, 3, 0, 4000, 77),
  targets: Int32Array.of(8191, 3, 0, 4000, 77, 2032),
}

test('rows of a table that is otherwise read in slices are read from its file', async () => {
  const { outputs, lookups } = withoutLookups(lower(network(frozen()), 'cpu'))
  expect(lookups.map(({ by }) => by).sort()).toEqual(['ids', 'targets'])
  expect(Object.keys(outputs)).toEqual(['loss', 'gradientOfShift'])
  const fromFile = await Program.compile(network(frozen()))
  const fed = await Program.compile(network(input('table', 'float32', [vocabulary, width])))
  const table = new Float32Array((await readFile(path)).buffer.slice(8, 8 + 4 * vocabulary * width))
  const expected = await fed.run({ ...feeds, table })
  // Twice: the memory that rows are read into is used again.
  for (const ids of [Int32Array.of(1, 2, 3, 4, 5, 6), feeds.ids]) {
    const results = await fromFile.run({ ...feeds, ids })
    if (ids !== feeds.ids) continue
    expect(results['loss']?.[0]).toBeCloseTo(expected['loss']?.[0] as number, 3)
    for (const [i, exact] of (expected['gradientOfShift'] as Float32Array).entries())
      expect(Math.abs((results['gradientOfShift']?.[i] as number) - exact)).toBeLessThan(1e-4)
  }
  await fed.dispose()
  await fromFile.dispose()
})

test('runs that wait for each other have rows of their own', async () => {
  const program = await Program.compile(network(frozen()))
  const ids = [feeds.ids, Int32Array.of(1, 2, 3, 4, 5, 6), Int32Array.of(8000, 9, 9, 1, 0, 512)]
  const alone: number[] = []
  for (const each of ids) alone.push((await program.run({ ...feeds, ids: each }))['loss']?.[0] as number)
  const together = await Promise.all(ids.map((each) => program.run({ ...feeds, ids: each })))
  expect(together.map(({ loss }) => loss?.[0])).toEqual(alone)
  expect(new Set(alone).size).toBe(3)
  await program.dispose()
})

test('a small table, or one that is read whole, is left to ONNX Runtime', () => {
  const small = weight('table', [vocabulary, 64], { path, offset: 8, length: 4 * vocabulary * 64 })
  expect(withoutLookups(lower(network(small), 'cpu')).lookups).toEqual([])
  const whole = { y: gemm(gather(frozen(), input('ids', 'int32', [tokens])), frozen(), { transB: true }) }
  expect(withoutLookups(lower(whole, 'cpu')).lookups).toEqual([])
})

test('a row that is not there, and a file that has become shorter, are told', async () => {
  const program = await Program.compile(network(frozen()))
  for (const ids of [Int32Array.of(3, 8192, 3, 0, 4000, 77), Int32Array.of(3, -1, 3, 0, 4000, 77)])
    await expect(program.run({ ...feeds, ids })).rejects.toMatchObject({ code: 'OL1203' })
  const short = join(folder, 'short.safetensors')
  await writeFile(short, await readFile(path))
  const other = await Program.compile(
    network(weight('table', [vocabulary, width], { path: short, offset: 8, length: 4 * vocabulary * width })),
  )
  await truncate(short, 4 * 5000 * width)
  await expect(other.run(feeds)).rejects.toMatchObject({ code: 'OL1205' })
  await other.dispose()
  await program.dispose()
})
