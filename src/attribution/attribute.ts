import { writeFileAtomic } from '../files/writeFileAtomic.js'
import type { Device } from '../onnx/graph/RunDevice.js'
import type { FieldMap } from '../records/FieldMap.js'
import { type Answered, answerQuestions } from './ask/answerQuestions.js'
import { type Question, readQuestions } from './ask/questions.js'
import type { ScoreMatrix } from './gradients/GradientMatrix.js'
import { sequenceGradients } from './gradients/sequenceGradients.js'
import { type OpenTrainedParameters, openTrained, type Trained } from './index/openTrained.js'
import { recordGradients } from './index/recordGradients.js'
import type { AttributeReturnType } from './report/Attribution.js'
import { attributionLines } from './report/attributionLines.js'
import { attributionOf, copiesAmong } from './report/attributionOf.js'
import type { Scorer } from './scorers/Scorer.js'
import { scorerNamed } from './scorers/scorers.js'
import { defaultScorer } from './shares/defaults.js'

export interface AttributeParameters extends OpenTrainedParameters {
  /** File of questions (JSON Lines, JSON, CSV, TSV or Parquet, each also as .gz), or the questions themselves. */
  readonly queries: string | readonly Question[]
  /** The columns of that file that prompt, completion or messages are read from, where they have other names. */
  readonly map?: FieldMap
  /** JSON Lines file to write the results to, one line a question. */
  readonly output?: string
  readonly scorer?: string
  readonly damping?: number
  readonly minimumShare?: number
  /** Let the model answer also where the file gives an answer. */
  readonly generate?: boolean
  /** Tokens of a generated answer at most. */
  readonly maximumTokens?: number
  /** Keep the gradients of the records beside the adapter for the next question; on unless false. */
  readonly keepIndex?: boolean
  /** Compute the gradients of the records also where they are kept beside the adapter. */
  readonly recompute?: boolean
  readonly device?: Device
  readonly signal?: AbortSignal
  readonly onProgress?: (stage: 'records' | 'answers', done: number, total: number) => void
}

/**
 * Traces answers to the records that shaped them: influence by per-sample gradients of the adapter, the spans that stand
 * word for word in records, and a lexical baseline (BM25), side by side. A question without an answer is answered first,
 * greedily, by base and adapter.
 *
 * @throws OL1403, OL1404, OL1512 when base, adapter or data are not those of the manifest, OL1511 of a bad question,
 * OL1515 of one longer than the model's context, OL1518 or OL1519 when the records do not tell which of them was first
 * @example
 * const { attributions } = await attribute({ adapter: 'adapters/first', queries: 'questions.jsonl' })
 */
export async function attribute(parameters: AttributeParameters): Promise<AttributeReturnType> {
  const { scorer: name = defaultScorer, device = 'cpu', maximumTokens, signal, onProgress } = parameters
  const scorer = scorerNamed(name)
  const questions = await questionsOf(parameters)
  const trained = await openTrained(parameters)
  // Before any work: an order that cannot be known is refused.
  const copies = copiesAmong(trained)

  const answered = await answerQuestions(trained, questions, {
    device,
    maximumTokens,
    signal,
    onProgress: (done, total) => onProgress?.('answers', done, total),
  })
  const { scores, losses } = await scoreAnswers(trained, answered, scorer, parameters)
  const report = attributionOf(trained, copies, parameters.minimumShare)
  const attributions = answered.map((each, q) =>
    report(each, scores.data.subarray(q * scores.columns, (q + 1) * scores.columns), losses[q] as number),
  )

  const result = { scorer: name, records: trained.records.length, attributions }
  if (parameters.output !== undefined) await writeFileAtomic(parameters.output, attributionLines(result))
  return result
}

async function questionsOf({ queries, map, generate = false }: AttributeParameters): Promise<readonly Question[]> {
  const asked = typeof queries === 'string' ? await readQuestions(queries, map) : queries
  return generate ? asked.map((question) => ({ ...question, answer: undefined })) : asked
}

/** Every answer's score of every record, by the gradients of both, and every answer's loss. */
async function scoreAnswers(
  trained: Trained,
  answered: readonly Answered[],
  scorer: Scorer,
  { device = 'cpu', damping, keepIndex = true, recompute = false, signal, onProgress }: AttributeParameters,
): Promise<{ readonly scores: ScoreMatrix; readonly losses: ArrayLike<number> }> {
  const options = { device, ...(signal && { signal }) }
  const records = await recordGradients(trained, {
    ...options,
    keep: keepIndex,
    recompute,
    onProgress: (done, total) => onProgress?.('records', done, total),
  })
  const { base, adapter } = trained
  const examples = answered.map(({ example }) => example)
  // The model is confident of its own answers: the gradient of their loss would be all noise.
  const queries = await sequenceGradients(base, adapter.layout, adapter.values, examples, {
    ...options,
    measure: 'margin',
  })
  const scores = scorer.score(records, queries.gradients, damping === undefined ? {} : { damping })
  return { scores, losses: queries.losses }
}
