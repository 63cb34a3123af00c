import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { SuffixArray } from './SuffixArray.js'

export interface SpanOptions {
  /** Shorter matches are dropped. */
  readonly minimumLength?: number
  /** Spans kept, as a fraction of the answer's tokens. */
  readonly density?: number
  /** Spans kept at least, where there are as many. */
  readonly minimumSpans?: number
  /** A span starts only at a token that starts a word, and ends only before one. All tokens do unless given. */
  readonly startsWord?: (token: number, previous: number | undefined) => boolean
  /** Tokens that a span may end with but not reach across: line ends, full stops. */
  readonly delimiters?: ReadonlySet<number>
}

/** A run of answer tokens [start, end) that stands word for word in some record. */
export interface Span {
  readonly start: number
  readonly end: number
  /** The records that hold it, each once, by index. */
  readonly records: readonly number[]
  /** In all records together. */
  readonly occurrences: number
  /** Σ ln(count / tokens) of its tokens: the lower, the longer and the rarer. */
  readonly logProbability: number
}

/**
 * The spans of an answer that the records hold word for word, by the steps of OLMoTrace (arXiv 2504.07096): the longest
 * match from each start; those inside another dropped; the rarest K = ceil(density x tokens) kept; given in the order of
 * the answer. It shows overlap, not cause: report it beside influence.
 *
 * @throws OL1504 when an option is out of its range
 * @example
 * const index = new SuffixArray(records.map((record) => tokenizer.encode(record.text)))
 * for (const span of maximalSpans(index, answerTokens)) console.log(span.start, span.end, span.records)
 */
export function maximalSpans(index: SuffixArray, answer: ArrayLike<number>, options: SpanOptions = {}): Span[] {
  const { minimumLength = 3, density = 0.05, minimumSpans = 5, startsWord, delimiters } = options
  if (!(Number.isInteger(minimumLength) && minimumLength >= 1))
    throw new OpenLedgerError('OL1504', {
      option: 'minimumLength',
      expected: 'an integer from 1',
      value: minimumLength,
    })
  if (!(density >= 0 && density <= 1))
    throw new OpenLedgerError('OL1504', { option: 'density', expected: 'from 0 to 1', value: density })

  const isBoundary = (position: number): boolean =>
    position >= answer.length ||
    startsWord === undefined ||
    startsWord(answer[position] as number, answer[position - 1])
  const spans: { start: number; end: number; logProbability: number }[] = []
  let lastEnd = 0
  for (let start = 0; start < answer.length; start++) {
    if (!isBoundary(start)) continue
    let end = start + index.longestMatch(answer, start)
    if (delimiters !== undefined) for (let i = start; i < end; i++) if (delimiters.has(answer[i] as number)) end = i + 1
    while (end > start && !isBoundary(end)) end--
    // Starts only grow, so a span is inside an earlier one exactly if it ends no later.
    if (end - start < minimumLength || end <= lastEnd) continue
    lastEnd = end
    let logProbability = 0
    for (let i = start; i < end; i++) logProbability += Math.log(index.count(answer[i] as number) / index.tokenCount)
    spans.push({ start, end, logProbability })
  }
  const kept = Math.max(minimumSpans, Math.ceil(density * answer.length))
  return spans
    .sort((a, b) => a.logProbability - b.logProbability || a.start - b.start)
    .slice(0, kept)
    .sort((a, b) => a.start - b.start)
    .map((span) => {
      const range = index.find(answer, span.start, span.end)
      return { ...span, records: index.recordsIn(range), occurrences: range.to - range.from }
    })
}
