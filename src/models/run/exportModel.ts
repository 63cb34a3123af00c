import { basename, join } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'
import { serialize } from '../../onnx/format/serialize.js'
import { input, reshape } from '../../onnx/graph/primitives.js'
import { lower } from '../../onnx/passes/lower.js'
import { type MergeAdapterParameters, type MergeAdapterReturnType, mergeAdapter } from '../adapter/mergeAdapter.js'
import { readArchitecture } from '../architectures/architectures.js'
import type { Network } from '../architectures/Network.js'
import { causalContext } from '../layers/causalContext.js'
import { frozenLayers } from '../layers/Linear.js'
import type { ModelConfig } from '../layers/ModelConfig.js'
import { readModelJson } from '../readModelJson.js'
import { weightsInPlace } from '../weights/weights.js'

export interface ExportModelParameters extends Omit<MergeAdapterParameters, 'dtype'> {
  /** Tokens that the program reads, always as many; 256, or the model's context where that is shorter, unless given. */
  readonly length?: number
}

export interface ExportModelReturnType extends MergeAdapterReturnType {
  /** Tokens that the program reads. */
  readonly length: number
  readonly vocabulary: number
}

/** The mask of attention is part of the program, and grows with the square: 256 MB here. */
const longest = 8192

/**
 * Writes base and adapter as {@link mergeAdapter} does, in float32, with a model.onnx beside the weights that any ONNX
 * runtime computes (opset 21, standard operators). Its weights are those of the safetensors files, as external data: the
 * files belong together.
 *
 * The program takes `input_ids`, int64 [1, length], and gives `logits`, float32 [1, length, vocabulary]. It sees each
 * token only behind those before it: shorter texts are padded on the right with any token, and need no mask.
 *
 * @throws OL1339 when the model does not read so many tokens
 * @throws as {@link mergeAdapter}
 * @example
 * await exportModel({ base: 'base-model', adapter: 'adapter', output: 'exported', length: 128 })
 */
export async function exportModel({ length, ...parameters }: ExportModelParameters): Promise<ExportModelReturnType> {
  let shape = { length: 0, vocabulary: 0 }
  const merged = await mergeAdapter({ ...parameters, dtype: 'float32' }, (base) => {
    shape = { length: lengthFor(base.config, length), vocabulary: base.config.vocabSize }
    return async (folder) => {
      // Of the merged model: its head may have come apart from the embeddings.
      const read = readArchitecture(folder, await readModelJson(join(folder, 'config.json')))
      const network = { ...read, weights: await weightsInPlace(folder) }
      await writeFileAtomic(join(folder, 'model.onnx'), programOf(network, shape.length))
    }
  })
  return { ...merged, ...shape }
}

/** @throws OL1339 */
function lengthFor({ maximumLength }: ModelConfig, wanted: number | undefined): number {
  const limit = Math.min(maximumLength, longest)
  const length = wanted ?? Math.min(256, limit)
  if (!Number.isInteger(length) || length < 1 || length > limit) throw new OpenLedgerError('OL1339', { length, limit })
  return length
}

function programOf({ architecture, config, weights }: Network, length: number): Uint8Array {
  const ids = reshape(input('input_ids', 'int64', [1, length]), [length])
  const context = { ...causalContext({ batch: 1, length }), ids }
  const layers = frozenLayers(weights)
  const hidden = architecture.hidden(config, weights, layers, context)
  const logits = reshape(architecture.logits(config, layers, hidden), [1, length, config.vocabSize])
  return serialize(lower({ logits }, 'any'), (path) => basename(path))
}
