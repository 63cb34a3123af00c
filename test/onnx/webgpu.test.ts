import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { cases } from './differentiableOps.js'
import { swiftShader, whySkipped } from './swiftShader.js'

const placement = z.object({
  operators: z.number(),
  onCpu: z.array(z.object({ op: z.string(), count: z.number() })),
})
const staying = z.object({ sum: z.array(z.number()), elements: z.array(z.number()), location: z.string() })
const reportSchema = z.object({
  operations: z.object({ errors: z.record(z.string(), z.number()), onCpu: placement.shape.onCpu }),
  trainingStep: z.object({ loss: z.number(), gradient: z.number(), sharedWeights: z.number(), placement }),
  staying: z.object({ cpu: staying, webgpu: staying }),
  adapter: z.object({ loss: z.number(), gradients: z.number(), ids: z.array(z.array(z.number())).length(2) }),
})

const where = swiftShader ? describe : describe.skip

where(`the WebGPU device on SwiftShader${whySkipped}`, () => {
  let report: z.infer<typeof reportSchema>

  // In a process of its own: the driver is found by the environment that a process starts with.
  beforeAll(async () => {
    const loader = ['--import', './test/devnet/loadTypeScript.js']
    const { stdout } = await promisify(execFile)(process.execPath, [...loader, 'test/onnx/webgpuProcess.ts'], {
      env: swiftShader,
    })
    report = reportSchema.parse(JSON.parse(stdout))
  }, 480_000)

  test.each(cases.map(({ name }) => name))('%s: value and gradients are the CPU’s', (name) => {
    const errors = Object.entries(report.operations.errors).filter(([key]) => key.startsWith(`${name}, `))
    expect(errors.length).toBeGreaterThan(1)
    for (const [, error] of errors) expect(error).toBeLessThan(1e-5)
  })

  test('no differentiable op falls back to the CPU', () => {
    expect(report.operations.onCpu).toEqual([])
  })

  test('a whole training step: loss and gradients are the CPU’s, no operator falls back', () => {
    const { loss, gradient, placement } = report.trainingStep
    expect(loss).toBeLessThan(1e-3)
    expect(gradient).toBeLessThan(1e-3)
    expect(placement.operators).toBeGreaterThan(500)
    expect(placement.onCpu).toEqual([])
  })

  test('a second program takes the weights that the first uploaded', () => {
    expect(report.trainingStep.sharedWeights).toBeLessThan(1e-3)
  })

  test('an adapter that is uploaded once has the losses, answers and gradients of records of the CPU', () => {
    const { loss, gradients, ids } = report.adapter
    expect(loss).toBeLessThan(1e-3)
    expect(gradients).toBeLessThan(1e-3)
    expect(ids[1]).toEqual(ids[0])
  })

  test.each(['cpu', 'webgpu'] as const)('tensors of %s stay there between programs', (device) => {
    const { sum, elements, location } = report.staying[device]
    expect(sum).toEqual([4, 6])
    expect(elements).toEqual([4, 9, 4, 9])
    expect(location).toBe(device === 'webgpu' ? 'gpu-buffer' : 'cpu')
  })
})
