import type { ChatTokenizer } from '../../models/chat/ChatTokenizer.js'
import { SuffixArray } from './SuffixArray.js'
import { maximalSpans } from './spans.js'

/** A part of an answer that occurs word for word in records. */
export interface AttributedSpan {
  /** From the start of a word to the end of one. */
  readonly text: string
  /** First token of the span, counted in the answer with a space before it. */
  readonly start: number
  /** The token after the span. */
  readonly end: number
  readonly recordIds: readonly string[]
}

/**
 * Indexes the texts of records for the spans that answers share with them.
 *
 * @param records the id and the text of each record
 * @returns a function that finds the maximal spans of an answer (see {@link maximalSpans})
 * @example
 * const spansOf = answerSpans(tokenizer, [{ id: 'a', text: 'Red sky at night, a sailor is glad.' }])
 * spansOf('They say: red sky at night.') // [{ text: 'sky at night', … }]
 */
export function answerSpans(
  tokenizer: ChatTokenizer,
  records: readonly { readonly id: string; readonly text: string }[],
): (answer: string) => AttributedSpan[] {
  // In the middle of a text a word has other tokens than at its start, so every text is read after a space.
  const tokensOf = (text: string): number[] => tokenizer.encode(` ${text.trimStart()}`)
  const index = new SuffixArray(records.map(({ text }) => tokensOf(text)))
  const startsWord = wordStarts(tokenizer)
  return (answer) => {
    const tokens = tokensOf(answer)
    return maximalSpans(index, tokens, { startsWord }).map(({ start, end, records: holders }) => ({
      text: tokenizer.decode(tokens.slice(start, end)).trim(),
      start,
      end,
      recordIds: holders.map((record) => records[record]?.id as string),
    }))
  }
}

/** Returns a test whether a token begins a word, from its text and that of the previous token. */
export function wordStarts(
  tokenizer: Pick<ChatTokenizer, 'encode' | 'decode'>,
): (token: number, previous: number | undefined) => boolean {
  // Decoders drop the space before a text's first token, so every token is decoded after another.
  const before = tokenizer.encode('.')
  const skip = tokenizer.decode(before).length
  const textOfToken = (token: number): string => tokenizer.decode([...before, token]).slice(skip)
  // A part of a character decodes to \ufffd.
  return (token, previous) =>
    previous === undefined ||
    !/^[\p{L}\p{N}\p{M}'’\ufffd]/u.test(textOfToken(token)) ||
    !/[\p{L}\p{N}\p{M}'’\ufffd]$/u.test(textOfToken(previous))
}
