import type { Question } from '../ask/questions.js'
import type { ContributorShare } from '../shares/shares.js'
import type { AttributedSpan } from '../spans/answerSpans.js'

/** The influence of one record on one answer. */
export interface RecordInfluence {
  readonly id: string
  /** The data file, if there are several. */
  readonly file?: string
  /** Line of the data file, or row of a Parquet file, from 1. */
  readonly line: number
  readonly contributor: string | null
  /** A positive score means that training on the record lowered the loss of the answer. */
  readonly score: number
  /** Share of the answer's payment; the shares of one answer sum to 1. */
  readonly share: number
  /** The id of the earlier record that this one copies, because of which it has no share. */
  readonly copyOf?: string
  /** Okapi BM25 of question and answer against the record. */
  readonly bm25: number
  /** The beginning of the record, if it has a share. */
  readonly excerpt?: string
}

/** An answer traced to the records that shaped it. */
export interface Attribution {
  readonly question: Question
  readonly answer: string
  readonly generated: boolean
  readonly inputTokens: number
  readonly outputTokens: number
  /** Mean negative log-likelihood of the answer's tokens under base and adapter, in nats. */
  readonly loss: number
  /** `none` if no record lowered the loss of the answer, so that nobody is paid. */
  readonly outcome: 'attributed' | 'none'
  /** Every record, largest share and score first. */
  readonly influence: readonly RecordInfluence[]
  readonly contributors: readonly ContributorShare[]
  readonly spans: readonly AttributedSpan[]
  /** Shares of the lexical baseline: BM25 scores under the same rule. */
  readonly lexical: readonly ContributorShare[]
}

export interface AttributeReturnType {
  readonly scorer: string
  /** Number of scored records. */
  readonly records: number
  readonly attributions: readonly Attribution[]
}
