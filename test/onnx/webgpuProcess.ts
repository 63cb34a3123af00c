// Run by webgpu.test.ts, in an environment with SwiftShader: prints what the WebGPU device computed, beside the CPU.
import { GradientPrograms } from '../../src/lora/GradientPrograms.js'
import { labelCount, shapeFor } from '../../src/models/batch.js'
import { DeviceTensor } from '../../src/onnx/DeviceTensor.js'
import { Program } from '../../src/onnx/Program.js'
import { add, input, mul } from '../../src/onnx/primitives.js'
import type { Value } from '../../src/onnx/Value.js'
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

/** A value that goes from program to program on the device and comes back at the end. */
async function staying(device: 'cpu' | 'webgpu') {
  const x = input('x', 'float32', [2])
  const square = await Program.compile({ y: mul(x, x), sum: add(x, x) }, { device, keep: ['y'] })
  const uploaded = await DeviceTensor.upload(device, Float32Array.of(2, 3), 'float32', [2])
  const { y, sum } = await square.run({ x: uploaded })
  const { y: fourth } = await square.run({ x: y })
  // The program that made it may go first.
  await square.dispose()
  const elements = [...(await fourth.download())]
  const location = fourth.handle.location
  for (const tensor of [uploaded, y, fourth]) tensor.dispose()
  return { sum: [...sum], elements, location }
}

const found = {
  operations: await operations(),
  trainingStep: await trainingStep(),
  staying: { cpu: await staying('cpu'), webgpu: await staying('webgpu') },
}
process.stdout.write(JSON.stringify(found))
