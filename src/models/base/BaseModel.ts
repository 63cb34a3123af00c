import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { int8Limit } from '../../onnx/runtime/int8Trial.js'
import { readArchitecture } from '../architectures/architectures.js'
import type { Network } from '../architectures/Network.js'
import { ChatTokenizer } from '../chat/ChatTokenizer.js'
import { type ResolvedBase, resolveBase } from '../hub/resolveBase.js'
import { causalContext } from '../layers/causalContext.js'
import { frozenLayers } from '../layers/Linear.js'
import { readModelJson } from '../readModelJson.js'
import { int8Weights } from '../weights/int8Weights.js'
import type { Compute, Quantization } from '../weights/precision.js'
import { quantizedWeights } from '../weights/quantizedWeights.js'
import { openWeights, weightFiles } from '../weights/weights.js'
import { generationEndTokens } from './generationConfig.js'

/** An opened Hugging Face model folder; only the headers of its weights are in memory. */
export interface BaseModel extends Network {
  readonly path: string
  /** The model's id on the Hugging Face Hub and its commit, if it came from there. */
  readonly source?: ResolvedBase['source']
  readonly tokenizer: ChatTokenizer
  /** Element type of the weights of the linear layers; float32 by default. */
  readonly quantize?: Quantization | undefined
  /** Arithmetic of products with the weights of the linear layers; float32 by default. */
  readonly compute?: Compute | undefined
  /** The model's hash; see {@link hashModel}. */
  readonly hash: `0x${string}`
}

/**
 * Opens a base model.
 *
 * @param base a folder, or a model of the Hugging Face Hub; see {@link resolveBase}
 * @param options `quantize` keeps the weights of the linear layers in 8 or 4 bits; see {@link quantizedWeights}.
 * `compute: 'int8'` computes products of the linear layers in 8 bits; see {@link int8Weights}
 * @throws OL1360 when both options are set
 * @throws OL1331 to OL1336 when the model cannot be downloaded
 * @throws OL1302 when the folder is not a Hugging Face model, OL1303 and OL1304 when its architecture or an option is not
 * supported
 * @throws OL1301 and OL1305 when its weights do not match config.json, OL1306 when the tokenizer is missing or malformed
 * @example
 * const base = await openBaseModel('base-model')
 */
export async function openBaseModel(
  base: string | ResolvedBase,
  { quantize, compute }: Pick<BaseModel, 'quantize' | 'compute'> = {},
): Promise<BaseModel> {
  if (quantize && compute === 'int8') throw new OpenLedgerError('OL1360', { quantize, compute })
  const { path: folder, source } = typeof base === 'string' ? await resolveBase(base) : base
  const path = resolve(folder)
  await access(join(path, 'config.json')).catch((cause: unknown) => {
    throw new OpenLedgerError('OL1302', { path: folder, reason: 'it has no config.json' }, { cause })
  })
  const { architecture, config: parsed } = readArchitecture(path, await readModelJson(join(path, 'config.json')))
  const config = { ...parsed, endTokens: [...new Set([...parsed.endTokens, ...(await generationEndTokens(path))])] }
  const tokenizer = await ChatTokenizer.open(path)
  if (tokenizer.vocabularySize > config.vocabSize) {
    const reason = `it has ${tokenizer.vocabularySize} tokens, the model ${config.vocabSize}`
    throw new OpenLedgerError('OL1306', { path, reason })
  }
  const weights = await openWeights(path)
  // Building a forward pass, without running it, finds tensors that are missing or of the wrong shape.
  const context = causalContext({ batch: 1, length: 1 })
  const layers = frozenLayers(weights)
  architecture.logits(config, layers, architecture.hidden(config, weights, layers, context))
  const hash = await hashModel(path)
  const model = { path, ...(source && { source }), architecture, config, tokenizer, weights, hash }
  if (quantize) return { ...model, quantize, weights: await quantizedWeights(model, quantize) }
  if (compute === 'int8') return { ...model, compute, weights: await int8Weights(model, await int8Limit()) }
  return model
}

/** sha256 over the names and bytes of config.json, tokenizer, chat templates and weights, 0x-prefixed. */
export async function hashModel(folder: string): Promise<`0x${string}`> {
  const hash = createHash('sha256')
  const tokenizer = await ChatTokenizer.files(folder)
  for (const name of ['config.json', ...tokenizer, ...(await weightFiles(folder))]) {
    const content = createHash('sha256')
    for await (const chunk of createReadStream(join(folder, name))) content.update(chunk as Buffer)
    hash.update(`${content.digest('hex')}  ${name}\n`)
  }
  return `0x${hash.digest('hex')}`
}
