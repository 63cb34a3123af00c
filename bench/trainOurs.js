// One side of bench/train.js: takes training steps as `openledger train` does, in a process of its own so that its peak memory
// is that of training alone. One JSON line in, one out.
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { readJson } from '../dist/files/readText.js'
import { AdamW, clipGradient } from '../dist/lora/optimizers/AdamW.js'
import { GradientPrograms } from '../dist/lora/step/GradientPrograms.js'
import { peakMemory } from '../dist/lora/step/peakMemory.js'
import { preferSmallHeap } from '../dist/lora/step/smallHeap.js'
import { adapterLayout } from '../dist/models/adapter/adapterLayout.js'
import { readArchitecture } from '../dist/models/architectures/architectures.js'
import { shapeFor } from '../dist/models/data/batch.js'
import { int8Weights } from '../dist/models/weights/int8Weights.js'
import { openSafetensors, readFloat32 } from '../dist/models/weights/safetensors.js'
import { openWeights } from '../dist/models/weights/weights.js'
import { neg } from '../dist/onnx/graph/primitives/elementwise.js'
import { constant, input } from '../dist/onnx/graph/primitives/inputs.js'
import { reshape, slice } from '../dist/onnx/graph/primitives/movement.js'
import { gemm, matMul } from '../dist/onnx/graph/primitives/products.js'
import { matMulIntegerToFloat } from '../dist/onnx/graph/primitives/quantized.js'
import { int8Limit } from '../dist/onnx/runtime/int8Trial.js'
import { Program } from '../dist/onnx/runtime/Program.js'

const { folder, targets, labelled, batch, threads, compute } = JSON.parse(process.argv[2])
preferSmallHeap()
// Node.js and ONNX Runtime, before any model: what is left of the peak is the training's.
const idle = await Program.compile({ y: slice(input('x', 'float32', [2]), 0, 0, 1) }, { threads })
await idle.run({ x: new Float32Array(2) })
await idle.dispose()
const idleBytes = peakMemory()
const network = readArchitecture(folder, await readJson(`${folder}/config.json`))
const float32 = { ...network, weights: await openWeights(folder) }
const hash = /** @type {const} */ (`0x${createHash('sha256').update(folder).digest('hex')}`)
const model = { ...float32, path: folder, hash }
const base = compute === 'int8' ? { ...float32, weights: await int8Weights(model, await int8Limit()) } : float32
const layout = adapterLayout(base, { rank: 8, alpha: 16, targetModules: targets })
const file = await openSafetensors(`${folder}/adapter.safetensors`)
const values = new Float32Array(layout.size)
for (const { name, offset } of layout.parameters) values.set(await readFloat32(file, name), offset)
const tokens = /** @type {number[][]} */ (await readJson(`${folder}/tokens.json`))
const firstLabelled = (length) => Math.max(1, Math.round((1 - labelled) * length))
const examples = tokens.slice(0, batch).map((ids) => ({
  ids,
  labelled: Uint8Array.from(ids, (_, t) => (t >= firstLabelled(ids.length) ? 1 : 0)),
  truncated: 0,
  lostEnd: false,
}))
const count = examples.reduce((sum, { ids }) => sum + ids.length - firstLabelled(ids.length), 0)
const shape = shapeFor(examples, batch, network.config.maximumLength)
const programs = new GradientPrograms(base, layout, { threads })
const optimizer = new AdamW(layout.size)
const gradient = new Float32Array(layout.size)

async function train(steps) {
  const seconds = []
  let [loss, norm] = [0, 0]
  const before = process.cpuUsage()
  for (let i = 0; i < steps; i++) {
    const start = performance.now()
    gradient.fill(0)
    loss = await programs.accumulate(examples, shape, values, 1 / count, gradient)
    norm = clipGradient(gradient, 1)
    optimizer.step(values, gradient, 2e-4)
    seconds.push((performance.now() - start) / 1000)
  }
  const { user, system } = process.cpuUsage(before)
  const peakBytes = peakMemory()
  return { seconds, cpu: (user + system) / 1e6 / steps, loss, norm, peakBytes, idleBytes }
}

/** Copies of a product in the program that measures it, so that starting a run weighs little. */
const copies = 8

/** Seconds that each product of the step takes at best, alone with its operands, by {@link keyOf}. */
async function timeProducts(known) {
  const seconds = { ...known }
  for (const size of programs.cost(shape).products) {
    const key = keyOf(size)
    // The best of all rows of the table: whatever disturbed one measurement should not stay.
    seconds[key] = Math.min(seconds[key] ?? Number.POSITIVE_INFINITY, await timeProduct(size))
  }
  return seconds
}

/** The best of packed and unpacked weights, less what a run of one product more than that takes. */
async function timeProduct(size) {
  let best = Number.POSITIVE_INFINITY
  for (const packing of size.frozen ? [true, false] : [false]) {
    const [one, several] = [await timeRun(size, 1, packing), await timeRun(size, 1 + copies, packing)]
    best = Math.min(best, (several - one) / copies)
  }
  return best
}

async function timeRun({ operation, shapes: [left, right], frozen, operations }, count, packing) {
  const filled = (size) => new Float32Array(size.reduce((a, b) => a * b)).fill(0.5)
  const inInt8 = operation.op === 'MatMulIntegerToFloat'
  const x = input('x', inInt8 ? 'uint8' : 'float32', left)
  // The library's own programs feed no uint8, so that its types do not have it.
  const feeds = /** @type {Record<string, any>} */ ({
    x: inInt8 ? Uint8Array.from(filled(left), (_, j) => j % 255) : filled(left),
  })
  const outputs = {}
  for (let i = 0; i < count; i++) {
    let y
    if (inInt8) {
      // Equal operands would be one product.
      const elements = constant(
        Int8Array.from({ length: right[0] * right[1] }, (_, j) => (i + j) % 127),
        right,
      )
      y = matMulIntegerToFloat(x, 128, { elements, scales: constant(filled([right[1]]), [right[1]]) })
    } else {
      const name = `w${operation.op === 'Gemm' ? '' : i}`
      const w = frozen ? constant(filled(right), right) : input(name, 'float32', right)
      if (!frozen) feeds[name] = filled(right)
      y = operation.op === 'Gemm' ? gemm(x, w, { ...operation, alpha: 1 + i / 64 }) : matMul(x, w)
    }
    // One element of the result: copying all of it out is no part of the product. Negated, since programs return a mere part
    // of a tensor by returning all of it.
    outputs[`y${i}`] = neg(slice(reshape(y, [y.shape.reduce((a, b) => a * b)]), 0, 0, 1))
  }
  const program = await Program.compile(outputs, { threads, packing })
  let best = Number.POSITIVE_INFINITY
  const runs = operations < 1e8 ? 40 : 16
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    await program.run(feeds)
    best = Math.min(best, (performance.now() - start) / 1000)
  }
  await program.dispose()
  return best
}

const keyOf = ({ operation, shapes, frozen }) => JSON.stringify({ ...operation, alpha: 1, shapes, frozen })

for await (const line of createInterface({ input: process.stdin })) {
  const { steps, known } = JSON.parse(line)
  if (known) {
    const seconds = await timeProducts(known)
    const cost = programs.cost(shape)
    const products = cost.products.map((size) => ({ ...size, seconds: seconds[keyOf(size)] }))
    console.log(JSON.stringify({ cost: { ...cost, products }, seconds }))
  } else console.log(JSON.stringify(await train(steps)))
}
