// Child process of tryDevice in devices.ts: node deviceTrial.js <device>
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { input } from '../graph/primitives/inputs.js'
import { gemm } from '../graph/primitives/products.js'
import type { RunDevice } from '../graph/RunDevice.js'
import { Program } from './Program.js'

const [rows, inner, columns] = [256, 576, 576]
const runs = 5
/** Milliseconds after which a slow device gets no further run. */
const patience = 2000

async function trial(device: RunDevice): Promise<number> {
  const x = input('x', 'float32', [rows, inner])
  const w = input('w', 'float32', [columns, inner])
  const program = await Program.compile({ y: gemm(x, w, { transB: true }) }, { device })
  const feeds = { x: new Float32Array(rows * inner).fill(1), w: new Float32Array(columns * inner).fill(1) }
  // The first run compiles kernels.
  await program.run(feeds)
  let best = Number.POSITIVE_INFINITY
  const begun = performance.now()
  for (let run = 0; run < runs && performance.now() - begun < patience; run++) {
    const started = performance.now()
    await program.run(feeds)
    best = Math.min(best, performance.now() - started)
  }
  return (2 * rows * inner * columns) / best / 1e6
}

const report = await trial(process.argv[2] as RunDevice).then(
  (gigaflops) => ({ runs: true, gigaflops }),
  (error: unknown) => ({ runs: false, reason: OpenLedgerError.is(error) ? error.details.reason : reasonOf(error) }),
)
process.send?.(report, () => process.disconnect())
