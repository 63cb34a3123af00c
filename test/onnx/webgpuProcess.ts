// Run by webgpu.test.ts, in an environment with SwiftShader: prints what the WebGPU device computed, beside the CPU.
import { sequenceGradients } from '../../src/attribution/gradients/sequenceGradients.js'
import { GradientPrograms } from '../../src/lora/step/GradientPrograms.js'
import { labelCount, shapeFor } from '../../src/models/data/batch.js'
import { Evaluator } from '../../src/models/run/evaluate.js'
import { Generator } from '../../src/models/run/generate.js'
import { add, mul } from '../../src/onnx/graph/primitives/elementwise.js'
import { input } from '../../src/onnx/graph/primitives/inputs.js'
import type { Value } from '../../src/onnx/graph/Value.js'
import { DeviceTensor } from '../../src/onnx/runtime/DeviceTensor.js'
import { Program } from '../../src/onnx/runtime/Program.js'
import { openReference, relativeError } from '../fixtures/reference/reference.js'
import { cases, weightedSquares } from './differentiableOps.js'

/** The relative error of every op's value and gradients on the device; all in one program, which compiles far faster. */
async function operations() {
  const outputs: Record<string, Value> = {}
  const feeds: Record<string, Float32Array> = {}
  for (const [i, each] of cases.entries()) {
    const { y, gradients, feeds: own } = weightedSquares(each, 'float32', `${i}.`)
    outputs[`${i}.y`] = y
    for (const [k, g] of gradients.entries()) outputs[`${i}.g${k}`] = g
    Object.assign(feeds, own)
  }
  const [cpu, gpu] = [await Program.compile(outputs), await Program.compile(outputs, { device: 'webgpu' })]
  const [wanted, found] = [await cpu.run(feeds), await gpu.run(feeds)]
  const errors = Object.keys(outputs).map((name) => [
    `${cases[Number.parseInt(name, 10)]?.name}, ${name.split('.')[1]}`,
    relativeError(found[name] as Float32Array, wanted[name] as Float32Array),
  ])
  return { errors: Object.fromEntries(errors), onCpu: gpu.placement?.onCpu }
}

/** Loss and gradients of a whole training step, and of a second program that shares the weights. */
async function trainingStep() {
  const { network, adapter, examples } = await openReference('llama')
  const tokens = examples.reduce((sum, example) => sum + labelCount(example), 0)
  const shape = shapeFor(examples, examples.length, network.config.maximumLength)
  const step = async (device: 'cpu' | 'webgpu') => {
    const programs = new GradientPrograms(network, adapter.layout, { device })
    const gradient = new Float32Array(adapter.layout.size)
    const loss = await programs.accumulate(examples, shape, adapter.values, 1 / tokens, gradient)
    return { loss, gradient, programs }
  }
  const [cpu, gpu] = [await step('cpu'), await step('webgpu')]
  const again = new Float32Array(adapter.layout.size)
  const wider = { ...shape, length: shape.length + 16 }
  await gpu.programs.accumulate(examples, wider, adapter.values, 1 / tokens, again)
  const placement = gpu.programs.placement
  await gpu.programs.dispose()
  return {
    loss: relativeError([gpu.loss], [cpu.loss]),
    gradient: relativeError(gpu.gradient, cpu.gradient),
    sharedWeights: relativeError(again, cpu.gradient),
    placement,
  }
}

/** A value that is uploaded once and read by two programs, one of which goes first. */
async function staying(device: 'cpu' | 'webgpu') {
  const x = input('x', 'float32', [2])
  const uploaded = await DeviceTensor.upload(device, Float32Array.of(2, 3), 'float32', [2])
  const twice = await Program.compile({ sum: add(x, x) }, { device })
  const { sum } = await twice.run({ x: uploaded })
  await twice.dispose()
  const square = await Program.compile({ y: mul(x, x) }, { device })
  const { y } = await square.run({ x: uploaded })
  const { y: again } = await square.run({ x: uploaded })
  await square.dispose()
  const { location } = uploaded.handle
  uploaded.dispose()
  return { sum: [...sum], elements: [...y, ...again], location }
}

/** Loss and answer of an adapter whose parameters are uploaded once for several runs. */
async function withAdapter(device: 'cpu' | 'webgpu') {
  const { network, adapter, examples } = await openReference('llama')
  const evaluator = new Evaluator(network, adapter.layout, { device })
  const { loss } = await evaluator.evaluate(examples, adapter.values)
  await evaluator.dispose()
  const generator = new Generator(network, adapter, { device })
  const { ids } = await generator.generate([1, 5, 9], { maximumTokens: 6, stopTokens: [] })
  await generator.dispose()
  const { gradients } = await sequenceGradients(network, adapter.layout, adapter.values, examples, { device, batch: 1 })
  return { loss, ids: [...ids], gradients: gradients.data }
}

async function adapterErrors() {
  const [cpu, gpu] = [await withAdapter('cpu'), await withAdapter('webgpu')]
  return {
    loss: relativeError([gpu.loss], [cpu.loss]),
    gradients: relativeError(gpu.gradients, cpu.gradients),
    ids: [cpu.ids, gpu.ids],
  }
}

const found = {
  operations: await operations(),
  trainingStep: await trainingStep(),
  staying: { cpu: await staying('cpu'), webgpu: await staying('webgpu') },
  adapter: await adapterErrors(),
}
process.stdout.write(JSON.stringify(found))
