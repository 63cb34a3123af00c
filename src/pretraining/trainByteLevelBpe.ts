/**
 * The characters that stand for the 256 bytes in GPT-2's byte-level tokenizers: printable Latin-1 characters for themselves,
 * and characters from U+0100 on for the other bytes.
 */
export const byteCharacters: readonly string[] = (() => {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
  let next = 0x100
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++))
})()

/** GPT-2's split of text into words; no token crosses the border between two words. */
export const wordPattern = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu

export interface BpeModel {
  /** Id by token: special tokens, then the 256 bytes, then merged tokens in the order in which they were learned. */
  readonly vocabulary: ReadonlyMap<string, number>
  readonly merges: readonly (readonly [string, string])[]
}

interface Word {
  ids: number[]
  readonly count: number
}

/** Encodes a pair of ids, each below 2^20, as one exact number that sorts like the pair. */
const pairKey = (left: number, right: number): number => left * 2 ** 20 + right

/**
 * Trains a byte-level BPE tokenizer (Sennrich et al. 2016, https://arxiv.org/abs/1508.07909): the most frequent pair of
 * neighbours becomes a token, until the vocabulary is full. Of equally frequent pairs, the one with the lowest ids comes
 * first; the merges equal those of Hugging Face's `tokenizers`.
 *
 * @param vocabularySize number of tokens, special tokens included; the result has fewer if no pair is left
 */
export function trainByteLevelBpe(
  documents: Iterable<string>,
  { vocabularySize, specialTokens }: { readonly vocabularySize: number; readonly specialTokens: readonly string[] },
): BpeModel {
  const tokens = [...specialTokens, ...[...byteCharacters].sort()]
  const vocabulary = new Map(tokens.map((token, id) => [token, id]))
  const words = countWords(documents, vocabulary)
  const counts = new Map<number, number>()
  const places = new Map<number, Set<Word>>()
  const tally = (word: Word, sign: 1 | -1): void => {
    for (let i = 1; i < word.ids.length; i++) {
      const pair = pairKey(word.ids[i - 1] as number, word.ids[i] as number)
      const count = (counts.get(pair) ?? 0) + sign * word.count
      if (count > 0) counts.set(pair, count)
      else counts.delete(pair)
      if (sign > 0) places.get(pair)?.add(word) ?? places.set(pair, new Set([word]))
    }
  }
  for (const each of words) tally(each, 1)

  const merges: [string, string][] = []
  while (tokens.length < vocabularySize) {
    const best = mostFrequent(counts)
    if (best === undefined) break
    const [left, right] = [Math.floor(best / 2 ** 20), best % 2 ** 20]
    const id = tokens.length
    const token = `${tokens[left]}${tokens[right]}`
    tokens.push(token)
    vocabulary.set(token, id)
    merges.push([tokens[left] as string, tokens[right] as string])
    for (const each of places.get(best) ?? []) {
      tally(each, -1)
      each.ids = merged(each.ids, left, right, id)
      tally(each, 1)
    }
    places.delete(best)
  }
  return { vocabulary, merges }
}

/** The distinct words of the text, as ids of their bytes, with their counts. */
function countWords(documents: Iterable<string>, vocabulary: ReadonlyMap<string, number>): Word[] {
  const counts = new Map<string, number>()
  for (const document of documents)
    for (const [text] of document.matchAll(wordPattern)) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].map(([text, count]) => ({
    ids: [...Buffer.from(text)].map((byte) => vocabulary.get(byteCharacters[byte] as string) as number),
    count,
  }))
}

function mostFrequent(counts: ReadonlyMap<number, number>): number | undefined {
  let best: number | undefined
  let highest = 0
  for (const [pair, count] of counts)
    if (count > highest || (count === highest && pair < (best as number))) [best, highest] = [pair, count]
  return best
}

function merged(ids: readonly number[], left: number, right: number, id: number): number[] {
  const out: number[] = []
  for (let i = 0; i < ids.length; i++)
    if (ids[i] === left && ids[i + 1] === right) {
      out.push(id)
      i++
    } else out.push(ids[i] as number)
  return out
}
