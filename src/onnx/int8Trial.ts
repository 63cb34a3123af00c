import { Program } from './Program.js'
import { constant, gemm, input, matMulIntegerToFloat, quantizeRows } from './primitives.js'

/** What this processor makes of int8 products. */
export interface Int8Trial {
  /** The largest magnitude that an int8 weight may have: 127, or 63 where sums of two products overflow 16 bits. */
  readonly limit: 127 | 63
  /** Float32's time of a product over int8's. */
  readonly speedup: number
}

const [rows, inner, columns] = [256, 576, 1536]
const runs = 15

let trial: Promise<Int8Trial> | undefined

/**
 * Measures int8 products against float32's, once in the life of the process. Processors without VNNI or AMX add pairs of
 * products in 16 bits and cut off what does not fit (the instruction vpmaddubsw): weights must then keep to 7 bits.
 */
export function tryInt8(): Promise<Int8Trial> {
  trial ??= measure()
  return trial
}

async function measure(): Promise<Int8Trial> {
  const x = input('x', 'float32', [rows, inner])
  const elements = constant(new Int8Array(inner * columns).fill(127), [inner, columns])
  const scales = constant(new Float32Array(columns).fill(1), [columns])
  const steps = constant(new Float32Array(rows).fill(1 / 255), [rows])
  const turned = constant(new Float32Array(columns * inner).fill(127), [columns, inner])
  const [int8, float32] = await Promise.all([
    Program.compile({ y: matMulIntegerToFloat(quantizeRows(x, steps, 0), 0, { elements, scales }) }),
    Program.compile({ y: gemm(x, turned, { transB: true }) }),
  ])
  try {
    // Every element rounds to the highest step, 255.
    const feeds = { x: new Float32Array(rows * inner).fill(1) }
    const { y } = await int8.run(feeds)
    await float32.run(feeds)
    const exact = Math.abs((y[0] as number) / (inner * 255 * 127) - 1) < 1e-3
    // In turns, so that whatever else the machine does slows both.
    const best = { int8: Number.POSITIVE_INFINITY, float32: Number.POSITIVE_INFINITY }
    for (let run = 0; run < runs; run++) {
      best.int8 = Math.min(best.int8, await timeOf(() => int8.run(feeds)))
      best.float32 = Math.min(best.float32, await timeOf(() => float32.run(feeds)))
    }
    return { limit: exact ? 127 : 63, speedup: best.float32 / best.int8 }
  } finally {
    await Promise.all([int8.dispose(), float32.dispose()])
  }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}
