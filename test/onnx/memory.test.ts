import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import { causalAttention, joinHeads, splitHeads } from '../../src/models/layers/attention.js'
import type { ForwardContext } from '../../src/models/layers/ForwardContext.js'
import { serialize } from '../../src/onnx/format/serialize.js'
import { equalShapes } from '../../src/onnx/format/shapeDisclosure.js'
import { causalMask, rmsNorm } from '../../src/onnx/graph/composites.js'
import { tensorOf } from '../../src/onnx/graph/elements.js'
import { executionOrder } from '../../src/onnx/graph/executionOrder.js'
import { gradient } from '../../src/onnx/graph/gradient.js'
import { peakLiveBytes } from '../../src/onnx/graph/peakLiveBytes.js'
import { add, mul, silu } from '../../src/onnx/graph/primitives/elementwise.js'
import { constant, input } from '../../src/onnx/graph/primitives/inputs.js'
import { reshape, slice } from '../../src/onnx/graph/primitives/movement.js'
import { gemm } from '../../src/onnx/graph/primitives/products.js'
import { reduceSum } from '../../src/onnx/graph/primitives/reductions.js'
import { sizeOf, type Value } from '../../src/onnx/graph/Value.js'
import { lower, lowerOnce } from '../../src/onnx/passes/lower.js'
import { programCost } from '../../src/onnx/passes/programCost.js'
import { storageNames } from '../../src/onnx/passes/storageNames.js'
import { wholeResults } from '../../src/onnx/passes/wholeResults.js'
import { Program } from '../../src/onnx/runtime/Program.js'

const [rows, width, inner, layers] = [256, 64, 384, 6]

/** Layers as those of a language model, each with frozen matrices and one that is trained, and its gradient. */
function network(): Record<string, Value> {
  const w = (name: string, ...shape: number[]): Value => input(name, 'float32', shape)
  const ones = (size: number): Value => constant(new Float32Array(size).fill(1), [size])
  let x = w('x', rows, width)
  const trained: Value[] = []
  for (let layer = 0; layer < layers; layer++) {
    const normalized = rmsNorm(x, ones(width), 1e-5)
    const [gate, up, down] = [w('gate', inner, width), w('up', inner, width), w('down', width, inner)]
    const [a, b] = [w(`a${layer}`, 4, inner), w(`b${layer}`, width, 4)]
    trained.push(a, b)
    const hidden = mul(silu(gemm(normalized, gate, { transB: true })), gemm(normalized, up, { transB: true }))
    const low = gemm(gemm(hidden, a, { transB: true }), b, { transB: true })
    x = add(x, add(gemm(hidden, down, { transB: true }), low))
  }
  const loss = reshape(reduceSum(mul(x, x), [0, 1]), [])
  const gradients = gradient(loss, trained)
  return { loss, ...Object.fromEntries(gradients.map((value, i) => [`g${i}`, value])) }
}

/** Layers of attention, whose gradient needs its weights. */
function attentive(): Record<string, Value> {
  const [heads, size] = [4, 16]
  const tokens = { batch: 2, length: 128 }
  const w = (name: string, ...shape: number[]): Value => input(name, 'float32', shape)
  let x = w('x', tokens.batch * tokens.length, heads * size)
  const trained: Value[] = []
  for (let layer = 0; layer < layers; layer++) {
    const wide = w(`wide${layer}`, 3 * heads * size, heads * size)
    trained.push(wide)
    const joined = gemm(x, wide, { transB: true })
    const [q, k, v] = [0, 1, 2].map((i) =>
      splitHeads(slice(joined, 1, i * heads * size, (i + 1) * heads * size), tokens as ForwardContext, heads),
    ) as [Value, Value, Value]
    x = add(x, joinHeads(causalAttention(q, k, v, causalMask(tokens.length), 0.25)))
  }
  const loss = reshape(reduceSum(mul(x, x), [0, 1]), [])
  const gradients = gradient(loss, trained)
  return lower({ loss, ...Object.fromEntries(gradients.map((value, i) => [`g${i}`, value])) }, 'cpu')
}

function feedsOf(outputs: Record<string, Value>): Record<string, Float32Array> {
  const feeds: Record<string, Float32Array> = {}
  for (const { operation, shape } of executionOrder(Object.values(outputs)))
    if (operation.op === 'Input')
      feeds[operation.name] = Float32Array.from(
        { length: sizeOf(shape) },
        (_, i) => Math.sin(i * 0.37 + operation.name.length) / 8,
      )
  return feeds
}

async function open(
  outputs: Record<string, Value>,
  options: InferenceSession.SessionOptions,
  storage?: ReadonlyMap<Value, string>,
) {
  const session = await InferenceSession.create(serialize(outputs, String, storage && equalShapes(storage)), options)
  const feeds: Record<string, Tensor> = {}
  const data = feedsOf(outputs)
  for (const { operation, type, shape } of executionOrder(Object.values(outputs)))
    if (operation.op === 'Input') feeds[operation.name] = tensorOf(data[operation.name] as Float32Array, type, shape)
  return { session, feeds }
}

interface Kernel {
  readonly op: string
  readonly shapes: string
  readonly bytes: number
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openledger-memory-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** What ONNX Runtime itself says that it ran, and how many bytes were in use after each operator. */
async function profile(
  outputs: Record<string, Value>,
  level: 'disabled' | 'all',
  storage?: ReadonlyMap<Value, string>,
): Promise<Kernel[]> {
  const options = {
    enableProfiling: true,
    profileFilePrefix: join(folder, 'profile'),
    enableMemPattern: false,
    logSeverityLevel: 3 as const,
    graphOptimizationLevel: level,
  }
  const { session, feeds } = await open(outputs, options, storage)
  await session.run(feeds)
  session.endProfiling()
  await session.release()
  const [file] = await readdir(folder)
  const events = JSON.parse(await readFile(join(folder, file as string), 'utf8'))
  await rm(join(folder, file as string))
  return events
    .filter(({ name }: { name: string }) => name.endsWith('_kernel_time'))
    .map(({ args }: { args: Record<string, string & Record<string, number[]>[]> }) => ({
      op: args['op_name'],
      shapes: args['output_type_shape']?.map((each) => Object.values(each)[0]?.join()).join(' '),
      bytes: Number(args['mem_bytes_requested_in_use']),
    }))
}

test.each([
  ['known', () => undefined],
  ['named', storageNames],
])('operators run in the order that is foreseen, shapes %s', async (_, name) => {
  const outputs = lower(network(), 'cpu')
  const storage = name(Object.values(outputs))
  const kernels = (await profile(outputs, 'disabled', storage)).filter(
    ({ op }) => op !== 'Identity' && op !== 'Reshape',
  )
  const foreseen = executionOrder(Object.values(outputs)).filter(
    ({ operation, sources }) => sources.length > 0 && !['SecondResult', 'Reshape'].includes(operation.op),
  )
  expect(kernels.map(({ op, shapes }) => `${op} ${shapes.split(' ')[0]}`)).toEqual(
    foreseen.map(({ operation, shape }) => `${operation.op} ${shape.join()}`),
  )
})

test('ONNX Runtime holds a quarter less memory when cheap results are computed again', async () => {
  const peak = async (outputs: Record<string, Value>): Promise<number> =>
    Math.max(...(await profile(wholeResults(outputs).whole, 'all')).map(({ bytes }) => bytes))
  const [once, again] = [lowerOnce(network(), 'cpu'), lower(network(), 'cpu')]
  const [before, after] = [await peak(once), await peak(again)]
  expect(after).toBeLessThan(0.75 * before)
  // And as much as is foreseen, but for its reuse of places of the same shape.
  expect(peakLiveBytes(executionOrder(Object.values(again))).bytes / after).toBeGreaterThan(0.75)
  expect(peakLiveBytes(executionOrder(Object.values(again))).bytes / after).toBeLessThan(1.05)
  const cost = programCost(network())
  expect(cost.peakLiveBytes).toBeLessThan(0.7 * cost.activationBytes)
})

test('a result is freed where it is read for the last time when its memory has a name', async () => {
  const { whole } = wholeResults(attentive())
  const peak = async (storage?: ReadonlyMap<Value, string>): Promise<number> =>
    Math.max(...(await profile(whole, 'all', storage)).map(({ bytes }) => bytes))
  const order = executionOrder(Object.values<Value>(whole))
  const foreseen = peakLiveBytes(order).bytes
  const [held, named] = [await peak(), await peak(storageNames(Object.values(whole)))]
  expect(held).toBeGreaterThan(1.1 * foreseen)
  expect(named / foreseen).toBeCloseTo(1, 2)
})

test('and computes the same', async () => {
  const outputs = network()
  const program = await Program.compile(outputs)
  const again = await program.run(feedsOf(outputs))
  await program.dispose()
  const { session, feeds } = await open(lowerOnce(outputs, 'cpu'), { graphOptimizationLevel: 'disabled' })
  const once = await session.run(feeds)
  await session.release()
  expect(Object.keys(again)).toEqual(Object.keys(outputs))
  for (const [name, tensor] of Object.entries(once)) {
    const exact = tensor.data as Float32Array
    const norm = Math.hypot(...exact)
    expect(norm).toBeGreaterThan(0)
    expect(Math.hypot(...exact.map((value, i) => value - (again[name]?.[i] as number))) / norm).toBeLessThan(1e-5)
  }
})
