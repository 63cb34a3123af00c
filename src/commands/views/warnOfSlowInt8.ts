import { join } from 'node:path'
import { readJson } from '../../files/readText.js'
import { readArchitecture } from '../../models/architectures/architectures.js'
import { productShare } from '../../models/data/chooseShapes.js'
import type { LinearModule } from '../../models/layers/Linear.js'
import type { ModelConfig } from '../../models/layers/ModelConfig.js'
import { int8Speedup, type ProductShape, type ProductTimes } from '../../onnx/runtime/int8Trial.js'
import type { Output } from '../../terminal/createOutput.js'

/** Below this int8 is not worth what it costs in loss: at 1.25 by this reckoning the bundled model gained nothing. */
const worthwhileSpeedup = 1.3
/** Tokens that a sequence is taken to have, and the share of them with loss. */
const usual = { length: 128, labelled: 1 / 4 }

/**
 * Says what int8 products gain for a model on this processor. One without VNNI or AMX may gain nothing, and a model with narrow
 * layers gains nothing on any: its operands are rounded in the time of its products, which are a small part of a step.
 *
 * @param folder of the base model
 * @param batchSize sequences of one run
 * @param time measures one product; by default on this processor
 */
export async function warnOfSlowInt8(
  output: Pick<Output, 'warn' | 'note'>,
  folder: string,
  batchSize: number,
  time?: (shape: ProductShape) => Promise<ProductTimes>,
): Promise<void> {
  const network = readArchitecture(folder, await readJson(join(folder, 'config.json')))
  const { architecture, config } = network
  const rows = batchSize * usual.length
  const products = await int8Speedup(productsOf(architecture.modules(config), config, rows), time)
  const share = productShare(network, { batch: batchSize, length: usual.length, labels: rows * usual.labelled })
  const speedup = stepSpeedup(products, share)
  const found = `On this computer the products of this model run ${products.toFixed(2)} times as fast in int8 as in float32, and a whole training step runs about ${speedup.toFixed(2)} times as fast`
  if (speedup < worthwhileSpeedup)
    output.warn(`${found}. int8 pays from ${worthwhileSpeedup} times on: use --compute float32`)
  else output.note(found)
}

/**
 * What a step gains of which a part gains (Amdahl 1967).
 *
 * @param share of the step's time that the part takes
 */
export const stepSpeedup = (speedup: number, share: number): number => 1 / (1 - share + share / speedup)

/** The products of a forward pass with frozen weights; those of the backward pass are as large. */
export function productsOf(
  modules: readonly LinearModule[],
  { hiddenSize, vocabSize }: Pick<ModelConfig, 'hiddenSize' | 'vocabSize'>,
  rows: number,
): (ProductShape & { readonly count: number })[] {
  const head = { rows: rows * usual.labelled, inner: hiddenSize, columns: vocabSize }
  const layers = modules.map(({ inputs, outputs }): ProductShape => ({ rows, inner: inputs, columns: outputs }))
  const counts = new Map<string, ProductShape & { count: number }>()
  for (const shape of [...layers, head]) {
    const key = Object.values(shape).join()
    const count = counts.get(key)?.count ?? 0
    counts.set(key, { ...shape, count: count + 1 })
  }
  return [...counts.values()]
}
