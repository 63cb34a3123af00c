import { constant, input } from '../graph/primitives/inputs.js'
import { gemm } from '../graph/primitives/products.js'
import { matMulIntegerToFloat, quantizeRows } from '../graph/primitives/quantized.js'
import { Program } from './Program.js'

/** A product [rows, inner] x [inner, columns]. */
export interface ProductShape {
  readonly rows: number
  readonly inner: number
  readonly columns: number
}

/** Milliseconds of the fastest run of a product. */
export interface ProductTimes {
  readonly int8: number
  readonly float32: number
}

/** Milliseconds for all runs of one shape. */
const budget = 150
const runs = 15
/** Larger products are not timed: their gain equals that of this size. */
const largest = { rows: 512, side: 2048 }

let limit: Promise<127 | 63> | undefined

/**
 * The largest magnitude that an int8 weight may have on this processor: 127, or 63 without VNNI or AMX, whose vpmaddubsw
 * adds pairs of products with saturation to 16 bits. Tried once per process.
 */
export function int8Limit(): Promise<127 | 63> {
  limit ??= findLimit()
  return limit
}

async function findLimit(): Promise<127 | 63> {
  const shape = { rows: 1, inner: 576, columns: 64 }
  const { int8 } = programs(shape)
  const program = await Program.compile(int8)
  try {
    const { y } = await program.run({ x: ones(shape) })
    return Math.abs((y?.[0] as number) / (shape.inner * 255 * 127) - 1) < 1e-3 ? 127 : 63
  } finally {
    await program.dispose()
  }
}

/**
 * The speedup of some products together in int8 over float32 on this processor, quantization and rescaling included.
 * Small products gain nothing, because quantizing their operands takes as long as the product.
 *
 * @param products the products, and how often each is computed
 * @param time measures one shape
 */
export async function int8Speedup(
  products: readonly (ProductShape & { readonly count: number })[],
  time: (shape: ProductShape) => Promise<ProductTimes> = timeProduct,
): Promise<number> {
  const known = new Map<string, ProductTimes>()
  const total = { int8: 0, float32: 0 }
  for (const { count, ...shape } of products) {
    const tried = {
      rows: Math.min(shape.rows, largest.rows),
      inner: Math.min(shape.inner, largest.side),
      columns: Math.min(shape.columns, largest.side),
    }
    const key = Object.values(tried).join()
    const times = known.get(key) ?? (await time(tried))
    known.set(key, times)
    const share = (count * sizeOf(shape)) / sizeOf(tried)
    total.int8 += share * times.int8
    total.float32 += share * times.float32
  }
  return total.float32 / total.int8
}

const sizeOf = ({ rows, inner, columns }: ProductShape): number => rows * inner * columns

async function timeProduct(shape: ProductShape): Promise<ProductTimes> {
  const outputs = programs(shape)
  const [int8, float32] = await Promise.all([Program.compile(outputs.int8), Program.compile(outputs.float32)])
  try {
    const feeds = { x: ones(shape) }
    await int8.run(feeds)
    await float32.run(feeds)
    // Runs alternate, so that other load on the machine slows both alike.
    const best = { int8: Number.POSITIVE_INFINITY, float32: Number.POSITIVE_INFINITY }
    const started = performance.now()
    for (let run = 0; run === 0 || (run < runs && performance.now() - started < budget); run++) {
      best.int8 = Math.min(best.int8, await timeOf(() => int8.run(feeds)))
      best.float32 = Math.min(best.float32, await timeOf(() => float32.run(feeds)))
    }
    return best
  } finally {
    await Promise.all([int8.dispose(), float32.dispose()])
  }
}

/** The same product in int8 and in float32; every element of the input quantizes to 255. */
function programs({ rows, inner, columns }: ProductShape) {
  const x = input('x', 'float32', [rows, inner])
  const elements = constant(new Int8Array(inner * columns).fill(127), [inner, columns])
  const scales = constant(new Float32Array(columns).fill(1), [columns])
  const steps = constant(new Float32Array(rows).fill(1 / 255), [rows])
  const turned = constant(new Float32Array(columns * inner).fill(127), [columns, inner])
  return {
    int8: { y: matMulIntegerToFloat(quantizeRows(x, steps, 0), 0, { elements, scales }) },
    float32: { y: gemm(x, turned, { transB: true }) },
  }
}

const ones = ({ rows, inner }: ProductShape): Float32Array => new Float32Array(rows * inner).fill(1)

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}
