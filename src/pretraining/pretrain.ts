import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { writeFolderAtomic } from '../files/writeFolderAtomic.js'
import { lockOutput } from '../lora/run/outputLock.js'
import { checkOutput } from '../lora/run/writeAdapter.js'
import { readArchitecture } from '../models/architectures/architectures.js'
import { narrow } from '../models/weights/narrow.js'
import { serializeSafetensors, type TensorData } from '../models/weights/safetensors.js'
import type { ProgramOptions } from '../onnx/runtime/Program.js'
import { BpeEncoder } from './BpeEncoder.js'
import { type ModelLayout, modelLayout } from './ModelLayout.js'
import {
  type CurvePoint,
  originOf,
  type PretrainingState,
  readCheckpoint,
  writeCheckpoint,
} from './PretrainingState.js'
import { prettyJson, specialTokenList, type TokenizerOptions, tokenizerFiles } from './tokenizerFiles.js'
import { trainByteLevelBpe } from './trainByteLevelBpe.js'
import { type PretrainingSettings, type PretrainingStep, stepCount, trainModel } from './trainModel.js'

export interface PretrainParameters extends ProgramOptions {
  /** Folder to write the model to; `<output>.checkpoint` exists next to it until training is done. */
  readonly output: string
  /** The model's config.json: architecture, vocabulary, token ids. */
  readonly config: Readonly<Record<string, unknown>>
  readonly tokenizer: TokenizerOptions
  readonly documents: { readonly train: readonly string[]; readonly held: readonly string[] }
  readonly settings: PretrainingSettings
  readonly signal?: AbortSignal
  readonly onPlan?: (plan: PretrainingPlan) => void
  readonly onStep?: (step: PretrainingStep) => void
  readonly onEvaluation?: (point: CurvePoint) => void
}

/** The size of a run, known before the first step. */
export interface PretrainingPlan {
  readonly parameters: number
  readonly vocabulary: number
  readonly trainTokens: number
  readonly heldOutTokens: number
  readonly heldOutBytes: number
  readonly steps: number
  /** Steps that an earlier, interrupted run finished. */
  readonly done: number
}

export interface PretrainReturnType {
  readonly output: string
  readonly plan: PretrainingPlan
  /** Losses during training; the last point is measured before the weights are rounded to float16. */
  readonly curve: readonly CurvePoint[]
}

/**
 * Trains a language model from scratch on text: first a byte-level BPE tokenizer, then all parameters of the model. It
 * writes both as a Hugging Face folder with float16 weights. An interrupted run resumes from its last checkpoint and ends
 * with the same bytes.
 *
 * @throws OL1303 and OL1304 when config.json is not supported, OL1902 when `output` is not empty, OL1405 when another
 * process trains into it, OL1460 when the checkpoint is from another run, OL1461 when training diverges, OL1901 when a file
 * cannot be written
 */
export async function pretrain(parameters: PretrainParameters): Promise<PretrainReturnType> {
  const {
    output,
    config: raw,
    tokenizer,
    documents,
    settings,
    signal,
    onPlan,
    onStep,
    onEvaluation,
    ...options
  } = parameters
  await checkOutput(output, false)
  const network = readArchitecture('config.json', raw)
  const layout = modelLayout(network)
  const release = await lockOutput(output)
  try {
    const special = specialTokenList(tokenizer.special)
    const { vocabSize } = network.config
    const model = trainByteLevelBpe(documents.train, { vocabularySize: vocabSize, specialTokens: special })
    const encoder = new BpeEncoder(model, special)
    const [begin, end] = [tokenizer.special.begin, tokenizer.special.end].map((token) => special.indexOf(token))
    const stream = (texts: readonly string[]): Uint16Array =>
      Uint16Array.from(texts.flatMap((text) => [begin as number, ...encoder.encode(text), end as number]))
    const train = stream(documents.train)
    const held = stream(documents.held)
    const origin = originOf([raw, settings, [...model.vocabulary.keys()], [...train], [...held]])
    const checkpoint = join(`${resolve(output)}.checkpoint`, 'training.safetensors')
    const others = layout.size - layout.matrixSize
    const sizes = { values: layout.size, momentum: layout.matrixSize, first: others, second: others }
    const state = await readCheckpoint(checkpoint, origin, sizes)
    const plan: PretrainingPlan = {
      parameters: layout.size,
      vocabulary: model.vocabulary.size,
      trainTokens: train.length,
      heldOutTokens: held.length,
      heldOutBytes: documents.held.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
      steps: stepCount(settings),
      done: state?.step ?? 0,
    }
    onPlan?.(plan)
    const save = (now: PretrainingState): Promise<void> => writeCheckpoint(checkpoint, now, origin)
    const trained = await trainModel(network, layout, {
      ...options,
      settings,
      train,
      held,
      state,
      save,
      onStep,
      onEvaluation,
      signal,
    })
    await writeFolderAtomic(output, {
      ...tokenizerFiles(model, tokenizer),
      'config.json': prettyJson({ ...raw, dtype: 'float16' }),
      'generation_config.json': prettyJson(generationConfig(raw)),
      'training.json': prettyJson({
        documents: documents.train.length,
        train_tokens: train.length,
        heldout_tokens: held.length,
        steps: plan.steps,
        settings,
        curve: trained.curve,
      }),
      'model.safetensors': serializeSafetensors(float16Tensors(layout, trained), { format: 'pt' }),
    })
    await rm(`${resolve(output)}.checkpoint`, { recursive: true, force: true })
    return { output: resolve(output), plan, curve: trained.curve }
  } finally {
    await release()
  }
}

/** The begin, end and padding tokens for generation_config.json. */
const generationConfig = (config: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    ['bos_token_id', 'eos_token_id', 'pad_token_id'].flatMap((name) => (name in config ? [[name, config[name]]] : [])),
  )

/** @throws OL1461 when a weight is not finite, or too large for float16 */
function float16Tensors(
  { parameters }: ModelLayout,
  { step, values, curve }: PretrainingState,
): Map<string, TensorData> {
  return new Map(
    [...parameters]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, shape, offset, size }) => {
        const data = narrow(values.subarray(offset, offset + size), 'float16')
        if (data === undefined) throw new OpenLedgerError('OL1461', { step, loss: curve.at(-1)?.[2] ?? Number.NaN })
        return [name, { dtype: 'F16', shape, data }]
      }),
  )
}
