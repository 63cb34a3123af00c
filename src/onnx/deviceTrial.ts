// A process of its own, started by tryDevice in devices.ts: node deviceTrial.js <device>
import { reasonOf } from '../files/reasonOf.js'
import type { RunDevice } from './devices.js'
import { Program } from './Program.js'
import { gemm, input } from './primitives.js'

const [rows, inner, columns] = [512, 576, 1536]
const runs = 5

async function trial(device: RunDevice): Promise<number> {
  const x = input('x', 'float32', [rows, inner])
  const w = input('w', 'float32', [columns, inner])
  const program = await Program.compile({ y: gemm(x, w, { transB: true }) }, { device })
  const feeds = { x: new Float32Array(rows * inner).fill(1), w: new Float32Array(columns * inner).fill(1) }
  // The first run compiles kernels.
  await program.run(feeds)
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const started = performance.now()
    await program.run(feeds)
    best = Math.min(best, performance.now() - started)
  }
  return (2 * rows * inner * columns) / best / 1e6
}

const report = await trial(process.argv[2] as RunDevice).then(
  (gigaflops) => ({ runs: true, gigaflops }),
  (error: unknown) => ({ runs: false, reason: reasonOf(error).split('\n')[0] }),
)
process.send?.(report, () => process.disconnect())
