import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Device } from '../../onnx/graph/RunDevice.js'
import type { FieldMap } from '../../records/FieldMap.js'
import { readTrainingRecords } from '../../records/trainingRecord.js'
import { type AdapterChoice, openAdapterOf } from '../adapter/openAdapterOf.js'
import { openBaseModel } from '../base/BaseModel.js'
import { encodeRecords } from '../data/encodeRecords.js'
import type { LossOn } from '../data/segments.js'
import type { ResolvedBase } from '../hub/resolveBase.js'
import type { Quantization } from '../weights/precision.js'
import { Evaluator } from './evaluate.js'

export interface EvaluateFilesParameters extends AdapterChoice {
  readonly base: string | ResolvedBase
  /** Files of records: JSON Lines, JSON, CSV, TSV or Parquet, optionally gzipped. */
  readonly data: readonly string[]
  /** The columns that contain the fields of records, if they have other names. */
  readonly map?: FieldMap
  readonly lossOn?: LossOn
  /** Maximum tokens per record; the model's context length by default. */
  readonly maximumLength?: number
  readonly device?: Device
  /** Element type that the linear layers of the base are quantized to; none by default. */
  readonly quantize?: Quantization
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

export interface Losses {
  /** Mean negative log-likelihood of the labelled tokens, in nats; null if there is no labelled token. */
  readonly loss: number | null
  readonly tokens: number
}

export interface EvaluatedFile extends Losses {
  readonly path: string
  /** exp(loss). */
  readonly perplexity: number | null
  /** Losses in the order of the file. A record whose prompt fills the maximum length has no labelled token, but a row here. */
  readonly records: readonly Losses[]
  /** Number of tokens cut off at the maximum length. */
  readonly truncatedTokens: number
  /** Columns that no field was read from. */
  readonly unreadColumns: readonly string[]
}

export interface EvaluateFilesReturnType {
  /** Mean over all labelled tokens of all files. */
  readonly loss: number
  readonly perplexity: number
  readonly tokens: number
  readonly files: readonly EvaluatedFile[]
}

/**
 * Computes loss and perplexity of a model on files of records: in total, per file and per record.
 *
 * @throws OL1302 and other errors of a bad base, OL1308 and OL1309 when the adapter is bad, OL1311 and OL1312 when the data
 * is bad, OL1337 when there is nothing to evaluate
 * @example
 * const { perplexity } = await evaluateFiles({ base: 'base-model', data: ['held-out.jsonl'] })
 */
export async function evaluateFiles(parameters: EvaluateFilesParameters): Promise<EvaluateFilesReturnType> {
  const { data, map, lossOn = 'completion', device = 'cpu', signal, onProgress } = parameters
  const base = await openBaseModel(parameters.base, parameters)
  const adapter = await openAdapterOf(parameters, base)
  const maximumLength = Math.min(parameters.maximumLength ?? Number.POSITIVE_INFINITY, base.config.maximumLength)
  const files = await Promise.all(
    data.map(async (path) => {
      const { records, unread } = await readTrainingRecords([path], map, signal)
      return {
        path,
        unreadColumns: unread,
        examples: await encodeRecords(base, records, {
          maximumLength,
          lossOn,
          ...(signal && { signal }),
        }),
      }
    }),
  )
  const examples = files.flatMap((file) => file.examples)
  if (!examples.some(({ labelled }) => labelled.includes(1)))
    throw new OpenLedgerError('OL1337', { path: data.join(', '), limit: maximumLength })
  const evaluator = new Evaluator(base, adapter?.layout, { device })
  try {
    const { records } = await evaluator.evaluate(examples, adapter?.values, {
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    })
    let first = 0
    const evaluated = files.map(({ path, unreadColumns, examples: own }) => {
      const part = records.slice(first, first + own.length)
      first += own.length
      const truncatedTokens = own.reduce((sum, { truncated }) => sum + truncated, 0)
      return { path, ...total(part), records: part.map(lossOf), truncatedTokens, unreadColumns }
    })
    // The total is not null: the check above found a labelled token.
    return { ...(total(records) as { loss: number; perplexity: number; tokens: number }), files: evaluated }
  } finally {
    await evaluator.dispose()
  }
}

const lossOf = ({ loss, tokens }: { readonly loss: number; readonly tokens: number }): Losses => ({
  loss: tokens === 0 ? null : loss,
  tokens,
})

function total(
  records: readonly { readonly loss: number; readonly tokens: number }[],
): Losses & { perplexity: number | null } {
  const tokens = records.reduce((sum, record) => sum + record.tokens, 0)
  if (tokens === 0) return { loss: null, perplexity: null, tokens }
  const loss =
    records.reduce((sum, record) => (record.tokens === 0 ? sum : sum + record.loss * record.tokens), 0) / tokens
  return { loss, perplexity: Math.exp(loss), tokens }
}
