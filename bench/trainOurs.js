// One side of bench/train.js: takes training steps as `openledger train` does, in a process of its own so that its peak memory
// is that of training alone. One JSON line in, one out.
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { readJson } from '../dist/files/readText.js'
import { AdamW, clipGradient } from '../dist/lora/AdamW.js'
import { GradientPrograms } from '../dist/lora/GradientPrograms.js'
import { adapterLayout } from '../dist/models/adapter.js'
import { readArchitecture } from '../dist/models/architectures.js'
import { shapeFor } from '../dist/models/batch.js'
import { int8Weights } from '../dist/models/int8Weights.js'
import { openSafetensors, readFloat32 } from '../dist/models/safetensors.js'
import { openWeights } from '../dist/models/weights.js'
import { tryInt8 } from '../dist/onnx/int8Trial.js'
import { Program } from '../dist/onnx/Program.js'
import { gemm, input, slice } from '../dist/onnx/primitives.js'

const { folder, targets, labelled, batch, threads, compute } = JSON.parse(process.argv[2])
const network = readArchitecture(folder, await readJson(`${folder}/config.json`))
const float32 = { ...network, weights: await openWeights(folder) }
const model = { ...float32, path: folder, hash: `0x${createHash('sha256').update(folder).digest('hex')}` }
const base = compute === 'int8' ? { ...float32, weights: await int8Weights(model, (await tryInt8()).limit) } : float32
const layout = adapterLayout(base, { rank: 8, alpha: 16, targetModules: targets })
const file = await openSafetensors(`${folder}/adapter.safetensors`)
const values = new Float32Array(layout.size)
for (const { name, offset } of layout.parameters) values.set(await readFloat32(file, name), offset)
const tokens = await readJson(`${folder}/tokens.json`)
const firstLabelled = (length) => Math.max(1, Math.round((1 - labelled) * length))
const examples = tokens.slice(0, batch).map((ids) => ({
  ids,
  labelled: Uint8Array.from(ids, (_, t) => (t >= firstLabelled(ids.length) ? 1 : 0)),
  truncated: 0,
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
  const peakBytes = process.resourceUsage().maxRSS * 1024
  return { seconds, cpu: (user + system) / 1e6 / steps, loss, norm, peakBytes }
}

/** The best rate of the products of the model's own linear layers and their gradients, in operations a second. */
async function fastestProduct(runs) {
  const { config, architecture } = network
  const rows = shape.batch * shape.length
  const frozen = [
    ['model.embed_tokens.weight', config.vocabSize, config.hiddenSize],
    ...architecture.modules(config).map(({ name, inputs, outputs }) => [`${name}.weight`, outputs, inputs]),
  ]
  const sizes = new Map(frozen.map((each) => [each.slice(1).join(), each]))
  let best = 0
  for (const [name, outputs, inputs] of sizes.values())
    for (const transB of [true, false]) {
      const width = transB ? inputs : outputs
      const x = input('x', 'float32', [rows, width])
      // One row of the result: copying all of it out is no part of the product.
      const y = slice(gemm(x, float32.weights(name, [outputs, inputs]), { transB }), 0, 0, 1)
      const program = await Program.compile({ y }, { threads })
      const feeds = { x: new Float32Array(rows * width).fill(0.5) }
      for (let run = 0; run < runs; run++) {
        const start = performance.now()
        await program.run(feeds)
        best = Math.max(best, (2 * rows * inputs * outputs) / ((performance.now() - start) / 1000))
      }
      await program.dispose()
    }
  return best
}

for await (const line of createInterface({ input: process.stdin })) {
  const { steps, productRuns } = JSON.parse(line)
  if (productRuns)
    console.log(JSON.stringify({ fastest: await fastestProduct(productRuns), cost: programs.cost(shape) }))
  else console.log(JSON.stringify(await train(steps)))
}
