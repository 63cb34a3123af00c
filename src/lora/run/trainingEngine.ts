import { cpus } from 'node:os'
import { z } from 'zod'
import type { RunDevice } from '../../onnx/graph/RunDevice.js'
import { runtimeVersion } from '../../onnx/runtime/Program.js'
import { version } from '../../version.js'

/** What computes a training. On another one sums are rounded in another order, and the last bits of the results differ. */
export const trainingEngineSchema = z.object({
  openledger: z.string(),
  onnxRuntime: z.string(),
  device: z.string(),
  processor: z.string(),
  /** Processors of the machine: ONNX Runtime takes a thread for each core of them, whatever a process is confined to. */
  threads: z.number().int().positive(),
})

export type TrainingEngine = z.infer<typeof trainingEngineSchema>

/** That of this process. */
export const trainingEngine = (device: RunDevice): TrainingEngine => ({
  openledger: version,
  onnxRuntime: runtimeVersion,
  device,
  processor: cpus()[0]?.model.trim() || process.arch,
  threads: cpus().length || 1,
})

const names: Readonly<Record<keyof TrainingEngine, string>> = {
  openledger: 'openledger',
  onnxRuntime: 'ONNX Runtime',
  device: 'the device',
  processor: 'the processor',
  threads: 'the number of threads',
}

/** What is another now than it was, each as `the device is cpu, was webgpu`. */
export const engineChanges = (before: TrainingEngine, now: TrainingEngine): string[] =>
  (Object.keys(names) as (keyof TrainingEngine)[])
    .filter((key) => before[key] !== now[key])
    .map((key) => `${names[key]} is ${now[key]}, was ${before[key]}`)
