import { cpus } from 'node:os'
import { z } from 'zod'
import type { RunDevice } from '../../onnx/graph/RunDevice.js'
import { runtimeVersion } from '../../onnx/runtime/Program.js'
import { version } from '../../version.js'

/** The engine of a training. Another engine may round sums in another order, so the last bits of results can differ. */
export const trainingEngineSchema = z.object({
  openledger: z.string(),
  onnxRuntime: z.string(),
  device: z.string(),
  processor: z.string(),
  /** Logical processors of the machine: ONNX Runtime starts a thread per core, even if the process may use fewer. */
  threads: z.number().int().positive(),
})

export type TrainingEngine = z.infer<typeof trainingEngineSchema>

/** The engine of this process. */
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

/** The differences between two engines, each like `the device is cpu, was webgpu`. */
export const engineChanges = (before: TrainingEngine, now: TrainingEngine): string[] =>
  (Object.keys(names) as (keyof TrainingEngine)[])
    .filter((key) => before[key] !== now[key])
    .map((key) => `${names[key]} is ${now[key]}, was ${before[key]}`)
