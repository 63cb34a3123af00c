import { basename, join } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'
import { serialize } from '../../onnx/format/serialize.js'
import { input } from '../../onnx/graph/primitives/inputs.js'
import { reshape } from '../../onnx/graph/primitives/movement.js'
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
  /** Fixed number of tokens that the program reads; 256 or the model's context length, the smaller of the two, by default. */
  readonly length?: number
}

export interface ExportModelReturnType extends MergeAdapterReturnType {
  /** Number of tokens that the program reads. */
  readonly length: number
  readonly vocabulary: number
}

/** Longest input: the attention mask is a constant of the program, 256 MB at this length, and grows quadratically. */
const longest = 8192

/**
 * Writes base and adapter like {@link mergeAdapter}, in float32, and adds a model.onnx that any ONNX runtime can run (opset
 * 21, standard operators). The safetensors files are its external data, so the files must stay together.
 *
 * The program reads `input_ids`, int64 [1, length], and returns `logits`, float32 [1, length, vocabulary]. Attention is
 * causal: shorter texts are padded on the right with any token, and need no mask.
 *
 * @throws OL1339 when the length exceeds the model's context, or the longest mask
 * @throws the errors of {@link mergeAdapter}
 * @example
 * await exportModel({ base: 'base-model', adapter: 'adapter', output: 'exported', length: 128 })
 */
export async function exportModel({ length, ...parameters }: ExportModelParameters): Promise<ExportModelReturnType> {
  let shape = { length: 0, vocabulary: 0 }
  const merged = await mergeAdapter({ ...parameters, dtype: 'float32' }, (base) => {
    shape = { length: lengthFor(base.config, length), vocabulary: base.config.vocabSize }
    return async (folder) => {
      // The merged model is read again, because merging may have untied its head.
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
