import type { Question } from '../ask/questions.js'
import type { ContributorShare } from '../shares/shares.js'
import type { AttributedSpan } from '../spans/answerSpans.js'

/** What one record has to do with one answer. */
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

/** An answer traced to the records that shaped it. */
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
  /** How many records were scored. */
  readonly records: number
  readonly attributions: readonly Attribution[]
}
