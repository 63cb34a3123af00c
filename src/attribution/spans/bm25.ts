import { comparableWords } from '../../text/words.js'

export interface Bm25Options {
  /** Saturation of term frequency: the lower, the sooner repetitions of a word stop counting. */
  readonly k1?: number
  /** Length normalization, 0 to 1. */
  readonly b?: number
}

/** Scores every record for a query, in record order; the score is 0 if they share no word. */
export type LexicalScorer = (query: string) => Float64Array

/**
 * Okapi BM25 over the records' words, the lexical baseline in every attribution report. The inverse document frequency is
 * ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative.
 *
 * @example
 * const lexical = bm25(texts)
 * const scores = lexical(`${prompt} ${answer}`)
 */
export function bm25(texts: readonly string[], { k1 = 1.2, b = 0.75 }: Bm25Options = {}): LexicalScorer {
  const postings = new Map<string, Map<number, number>>()
  const lengths = texts.map((text, record) => {
    const words = comparableWords(text)
    for (const word of words) {
      const counts = postings.get(word) ?? new Map<number, number>()
      postings.set(word, counts.set(record, (counts.get(record) ?? 0) + 1))
    }
    return words.length
  })
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / texts.length
  return (query) => {
    const scores = new Float64Array(texts.length)
    for (const word of comparableWords(query)) {
      const counts = postings.get(word)
      if (counts === undefined) continue
      const rarity = Math.log(1 + (texts.length - counts.size + 0.5) / (counts.size + 0.5))
      for (const [record, count] of counts) {
        const length = (lengths[record] as number) / meanLength
        const gain = (rarity * count * (k1 + 1)) / (count + k1 * (1 - b + b * length))
        scores[record] = (scores[record] as number) + gain
      }
    }
    return scores
  }
}
