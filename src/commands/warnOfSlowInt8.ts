import { join } from 'node:path'
import { readJson } from '../files/readText.js'
import type { ModelConfig } from '../models/Architecture.js'
import { readArchitecture } from '../models/architectures.js'
import type { LinearModule } from '../models/Linear.js'
import { int8Speedup, type ProductShape } from '../onnx/int8Trial.js'
import type { Output } from '../terminal/createOutput.js'

/** Below this a step, of which products are only a part, is no faster as a whole. */
const worthwhileSpeedup = 1.2
/** Tokens that a sequence is taken to have. */
const usualLength = 128

/**
 * Says what int8 products gain for a model on this processor. One without VNNI or AMX may gain nothing, and a model with narrow
 * layers gains nothing on any.
 *
 * @param folder of the base model
 * @param batchSize sequences of one run
 */
export async function warnOfSlowInt8(output: Output, folder: string, batchSize: number): Promise<void> {
  const { architecture, config } = readArchitecture(folder, await readJson(join(folder, 'config.json')))
  const speedup = await int8Speedup(productsOf(architecture.modules(config), config, batchSize * usualLength))
  const times = `The int8 products of this model run at ${speedup.toFixed(2)} times the speed of float32 here`
  if (speedup < worthwhileSpeedup) output.warn(`${times}, which does not pay: take --compute float32`)
  else output.note(times)
}

/** The products of a forward pass with frozen weights; those of the backward pass are as large. */
export function productsOf(
  modules: readonly LinearModule[],
  { hiddenSize, vocabSize }: Pick<ModelConfig, 'hiddenSize' | 'vocabSize'>,
  rows: number,
): (ProductShape & { readonly count: number })[] {
  const head = { name: 'head', inputs: hiddenSize, outputs: vocabSize }
  const counts = new Map<string, ProductShape & { count: number }>()
  for (const { inputs: inner, outputs: columns } of [...modules, head]) {
    const key = `${inner} ${columns}`
    const known = counts.get(key) ?? { rows, inner, columns, count: 0 }
    counts.set(key, { ...known, count: known.count + 1 })
  }
  return [...counts.values()]
}
