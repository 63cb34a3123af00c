import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { SuffixArray } from './SuffixArray.js'

export interface SpanOptions {
  /** Minimum length of a span in tokens. */
  readonly minimumLength?: number
  /** Number of spans to keep, as a fraction of the answer's tokens. */
  readonly density?: number
  /** Minimum number of spans to keep, if there are that many. */
  readonly minimumSpans?: number
  /** Tests whether a token starts a word; a span starts at such a token and ends before one. By default every token does. */
  readonly startsWord?: (token: number, previous: number | undefined) => boolean
  /** Tokens that a span may end with but not extend across, such as line ends and full stops. */
  readonly delimiters?: ReadonlySet<number>
}

/** A run of answer tokens [start, end) that occurs word for word in a record. */
export interface Span {
  readonly start: number
  readonly end: number
  /** The indices of the records that contain it. */
  readonly records: readonly number[]
  /** Number of occurrences in all records. */
  readonly occurrences: number
  /** Σ ln(count / tokens) over its tokens; it is lower for longer and rarer spans. */
  readonly logProbability: number
}

/**
 * The spans of an answer that occur word for word in records, by the steps of OLMoTrace (arXiv 2504.07096): take the longest
 * match from each start, drop matches inside another, keep the rarest K = ceil(density x tokens), and sort by position. Spans
 * show overlap, not cause, so report them together with influence.
 *
 * @throws OL1504 when an option is out of its range
 * @example
 * const index = new SuffixArray(texts.map((text) => tokenizer.encode(text)))
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
    // Starts increase, so a span is inside an earlier one exactly if it does not end later.
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
