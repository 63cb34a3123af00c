import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { canonicalJson } from '../files/canonicalJson.js'
import { writeFileAtomic } from '../files/writeFileAtomic.js'
import type { BaseModel } from '../models/base/BaseModel.js'
import type { ChatTokenizer } from '../models/chat/ChatTokenizer.js'
import { type Example, encodeAnswer, encodePrompt, endTokensOf } from '../models/data/example.js'
import { Generator } from '../models/run/generate.js'
import type { Device } from '../onnx/runtime/Program.js'
import type { FieldMap } from '../records/FieldMap.js'
import { recordTexts } from '../records/recordTexts.js'
import { sequenceGradients } from './gradients/sequenceGradients.js'
import { type OpenTrainedParameters, openTrained, type Trained } from './index/openTrained.js'
import { recordGradients } from './index/recordGradients.js'
import { type Question, readQuestions } from './questions.js'
import { scorerNamed } from './scorers/scorers.js'
import { defaultScorer } from './shares/defaults.js'
import { recordOriginals } from './shares/recordOriginals.js'
import { attributionShares, byContributor, type ContributorShare } from './shares/shares.js'
import { bm25 } from './spans/bm25.js'
import { SuffixArray } from './spans/SuffixArray.js'
import { maximalSpans } from './spans/spans.js'

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
  readonly anew?: boolean
  readonly device?: Device
  readonly signal?: AbortSignal
  readonly onProgress?: (stage: 'records' | 'answers', done: number, total: number) => void
}

export interface RecordInfluence {
  readonly id: string
  /** The data file, where there are several. */
  readonly file?: string
  /** 1-based line of the data file; of Parquet the row. */
  readonly line: number
  readonly contributor: string | null
  /** s > 0: training on the record lowered the answer's loss. */
  readonly score: number
  /** Of the answer's payment; the records of one answer sum to 1. */
  readonly share: number
  /** The id of the earlier record that this one copies, and for which it has no share; left out where it copies none. */
  readonly copyOf?: string
  /** Okapi BM25 of question and answer against the record. */
  readonly bm25: number
  /** How the record begins; of a record that has a share. */
  readonly excerpt?: string
}

export interface AttributedSpan {
  /** Word-for-word text of the answer, from the start of a word to the end of one. */
  readonly text: string
  /** In tokens of the answer with a space before it. */
  readonly start: number
  readonly end: number
  readonly recordIds: readonly string[]
}

export interface Attribution {
  readonly question: Question
  readonly answer: string
  readonly generated: boolean
  readonly inputTokens: number
  readonly outputTokens: number
  /** Mean negative log-likelihood of the answer's tokens under base and adapter, in nats. */
  readonly loss: number
  /** `none` when no record lowered the answer's loss: then nobody is paid. */
  readonly outcome: 'attributed' | 'none'
  /** Every record, the largest share and score first. */
  readonly influence: readonly RecordInfluence[]
  readonly contributors: readonly ContributorShare[]
  readonly spans: readonly AttributedSpan[]
  /** What the lexical baseline alone would pay: BM25 scores put through the same rule. */
  readonly lexical: readonly ContributorShare[]
}

export interface AttributeReturnType {
  readonly scorer: string
  readonly records: number
  readonly attributions: readonly Attribution[]
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
  const { scorer: name = defaultScorer, damping, device = 'cpu', signal, onProgress } = parameters
  const scorer = scorerNamed(name)
  const { queries: given } = parameters
  const asked = typeof given === 'string' ? await readQuestions(given, parameters.map) : given
  const questions = parameters.generate ? asked.map((question) => ({ ...question, answer: undefined })) : asked
  const trained = await openTrained(parameters)
  const { base, adapter, records } = trained
  // Before any work: an order that cannot be known is refused.
  const { originals, copyOf } = copiesAmong(trained)
  const options = { device, ...(signal && { signal }) }

  const answered = await answerAll(trained, questions, { ...options, ...parameters })
  const train = await recordGradients(trained, {
    ...options,
    keep: parameters.keepIndex ?? true,
    anew: parameters.anew ?? false,
    onProgress: (done, total) => onProgress?.('records', done, total),
  })
  const examples = answered.map(({ example }) => example)
  const queries = await sequenceGradients(base, adapter.layout, adapter.values, examples, {
    ...options,
    // Of an answer that the model gave itself it is sure: the gradient of its loss would be all noise.
    measure: 'margin',
  })
  const scores = scorer.score(train, queries.gradients, damping === undefined ? {} : { damping })

  const texts = records.map(({ record }) => recordTexts(record.content).join(' '))
  const lexical = bm25(texts)
  const contributors = records.map(({ record }) => record.contributor ?? '')
  const index = new SuffixArray(texts.map((text) => spanTokens(base, text)))
  const share = (values: Float64Array) =>
    attributionShares({
      scores: values,
      originals,
      contributors,
      ...(parameters.minimumShare !== undefined && { minimumShare: parameters.minimumShare }),
    })

  const attributions = answered.map(({ question, answer, generated, example, promptTokens }, q): Attribution => {
    const row = scores.data.subarray(q * scores.columns, (q + 1) * scores.columns)
    const overlap = lexical(`${promptText(question)} ${answer}`)
    const shares = share(row)
    const lexicalShares = share(overlap)
    const influence = records.map(({ record }, i): RecordInfluence => {
      const share = shares.outcome === 'attributed' ? (shares.records[i] as number) : 0
      return {
        id: record.id,
        ...(trained.manifest.data.files && { file: record.path }),
        line: record.line,
        contributor: record.contributor ?? null,
        score: row[i] as number,
        share,
        ...(copyOf[i] !== undefined && { copyOf: copyOf[i] }),
        bm25: overlap[i] as number,
        ...(share > 0 && { excerpt: excerptOf(texts[i] as string) }),
      }
    })
    return {
      question,
      answer,
      generated,
      inputTokens: promptTokens,
      outputTokens: example.ids.length - promptTokens,
      loss: queries.losses[q] as number,
      outcome: shares.outcome,
      influence: influence.sort((a, b) => b.share - a.share || b.score - a.score),
      contributors: shares.outcome === 'attributed' ? shares.contributors : [],
      spans: spansOf(
        base,
        index,
        answer,
        records.map(({ record }) => record.id),
      ),
      lexical: lexicalShares.outcome === 'attributed' ? lexicalShares.contributors : [],
    }
  })
  const result = { scorer: name, records: records.length, attributions }
  if (parameters.output !== undefined) await writeFileAtomic(parameters.output, attributionLines(result))
  return result
}

/**
 * Which of the trained records are copies: of one another, or of a record that was held out, whose contributor was first all the
 * same. A copy has another index than its own, and the id of what it copies.
 */
function copiesAmong({ records, held }: Trained): { originals: Int32Array; copyOf: readonly (string | undefined)[] } {
  const all = [...records, ...held].map(({ record }) => record)
  const originals = recordOriginals(all).subarray(0, records.length)
  return { originals, copyOf: Array.from(originals, (original, i) => (original === i ? undefined : all[original]?.id)) }
}

/** The results as JSON Lines, one line a question, canonical JSON. */
export const attributionLines = ({ scorer, attributions }: AttributeReturnType): string =>
  attributions
    .map(({ question, ...rest }) => {
      const { line, prompt, extra } = question
      return `${canonicalJson({ ...extra, ...(typeof prompt === 'string' ? { prompt } : { messages: prompt }), line, scorer, ...rest })}\n`
    })
    .join('')

interface Answered {
  readonly question: Question
  readonly answer: string
  readonly generated: boolean
  readonly example: Example
  readonly promptTokens: number
}

async function answerAll(
  { base, adapter }: Trained,
  questions: readonly Question[],
  {
    device,
    signal,
    maximumTokens = 64,
    onProgress,
  }: Pick<AttributeParameters, 'device' | 'signal' | 'maximumTokens' | 'onProgress'>,
): Promise<Answered[]> {
  const generator = new Generator(base, adapter, { device: device ?? 'cpu' })
  const stopTokens = [...endTokensOf(base)]
  const answered: Answered[] = []
  onProgress?.('answers', 0, questions.length)
  try {
    for (const question of questions) {
      let { answer } = question
      if (answer === undefined) {
        const prompt = placed(question, () => encodePrompt(base, question.prompt))
        const { ids } = await generator.generate(prompt, { maximumTokens, stopTokens, ...(signal && { signal }) })
        answer = base.tokenizer.decode(ids)
        if (answer.trim() === '') throw new OpenLedgerError('OL1513', { line: question.line })
      }
      const given = answer
      const example = placed(question, () => encodeAnswer(base, question.prompt, given))
      const promptTokens = example.labelled.indexOf(1)
      if (promptTokens < 0) {
        const tokens = example.ids.length + example.truncated
        throw new OpenLedgerError('OL1515', { line: question.line, tokens, limit: base.config.maximumLength })
      }
      answered.push({ question, answer, generated: question.answer === undefined, example, promptTokens })
      onProgress?.('answers', answered.length, questions.length)
    }
  } finally {
    await generator.dispose()
  }
  return answered
}

/** Tells which question it is that the chat template cannot render. */
function placed<Value>({ line }: Question, encode: () => Value): Value {
  try {
    return encode()
  } catch (cause) {
    if (!OpenLedgerError.is(cause) || cause.code !== 'OL1307') throw cause
    const { reason } = cause.details as { readonly reason: string }
    throw new OpenLedgerError('OL1516', { line, reason }, { cause })
  }
}

function spansOf(base: BaseModel, index: SuffixArray, answer: string, ids: readonly string[]): AttributedSpan[] {
  const { tokenizer } = base
  const tokens = spanTokens(base, answer)
  return maximalSpans(index, tokens, { startsWord: wordStarts(tokenizer) }).map(({ start, end, records }) => ({
    text: tokenizer.decode(tokens.slice(start, end)).trim(),
    start,
    end,
    recordIds: records.map((record) => ids[record] as string),
  }))
}

/** Tokens of a text as they are in the middle of one: a first word would else have other tokens than the same word later. */
const spanTokens = ({ tokenizer }: BaseModel, text: string): number[] => tokenizer.encode(` ${text.trimStart()}`)

/** Whether a word begins with a token, by its text and that of the one before it. */
export function wordStarts(
  tokenizer: Pick<ChatTokenizer, 'encode' | 'decode'>,
): (token: number, previous: number | undefined) => boolean {
  // Decoders drop the space before a text's first token, so every token is read behind another.
  const before = tokenizer.encode('.')
  const skip = tokenizer.decode(before).length
  const textOfToken = (token: number): string => tokenizer.decode([...before, token]).slice(skip)
  // \ufffd is what a part of a character decodes to.
  return (token, previous) =>
    previous === undefined ||
    !/^[\p{L}\p{N}\p{M}'’\ufffd]/u.test(textOfToken(token)) ||
    !/[\p{L}\p{N}\p{M}'’\ufffd]$/u.test(textOfToken(previous))
}

const excerptLength = 120

function excerptOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= excerptLength ? line : `${line.slice(0, excerptLength - 1).replace(/\s+\S*$/, '')}…`
}

const promptText = ({ prompt }: Question): string =>
  typeof prompt === 'string' ? prompt : prompt.map(({ content }) => content).join(' ')

/** The contributors' mean share over several answers, largest first. */
export function meanShares(attributions: readonly Attribution[]): readonly ContributorShare[] {
  const all = attributions.flatMap(({ contributors }) => contributors)
  return byContributor(
    Float64Array.from(all, ({ share }) => share / attributions.length),
    all.map(({ contributor }) => contributor),
  )
}
