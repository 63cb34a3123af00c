import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

/** The range of sorted suffixes that begin with a run of tokens: ranks [from, to). */
export interface SuffixRange {
  readonly from: number
  readonly to: number
}

/**
 * A suffix array over the tokens of all records, built by prefix doubling with radix sort in O(n log m) for n tokens in records
 * of at most m. It takes 16 bytes per token.
 *
 * Each record ends with a separator of its own that sorts before every token, so that no match extends into the next record, and
 * identical records still sort in a defined order.
 */
export class SuffixArray {
  /** Separators are 0 to records - 1; the r-th distinct token is records + r. */
  readonly #text: Int32Array
  readonly #sorted: Int32Array
  readonly #recordOf: Int32Array
  readonly #rankOfToken: ReadonlyMap<number, number>
  readonly #counts: ReadonlyMap<number, number>
  /** Number of tokens in all records. */
  readonly tokenCount: number

  /**
   * @param records token ids of each record
   * @throws OL1507 when an id is not a non-negative integer
   */
  constructor(records: readonly ArrayLike<number>[]) {
    this.tokenCount = records.reduce((sum, tokens) => sum + tokens.length, 0)
    this.#counts = countTokens(records)
    const distinct = [...this.#counts.keys()].sort((a, b) => a - b)
    this.#rankOfToken = new Map(distinct.map((token, rank) => [token, records.length + rank]))
    this.#text = new Int32Array(this.tokenCount + records.length)
    this.#recordOf = new Int32Array(this.#text.length)
    let at = 0
    for (const [record, tokens] of records.entries()) {
      this.#recordOf.fill(record, at, at + tokens.length + 1)
      for (let i = 0; i < tokens.length; i++) this.#text[at++] = this.#rankOfToken.get(tokens[i] as number) as number
      this.#text[at++] = record
    }
    this.#sorted = sortSuffixes(this.#text, records.length + distinct.length)
  }

  /** The number of occurrences of a token in the records. */
  count(token: number): number {
    return this.#counts.get(token) ?? 0
  }

  /** The length of the longest run of tokens from `start` that occurs in a record. */
  longestMatch(tokens: ArrayLike<number>, start: number): number {
    // The rest of the tokens sorts next to the suffix with the longest common prefix, so one search serves all lengths.
    const place = this.#lowerBound(tokens, start, tokens.length)
    return Math.max(this.#sharedLength(place - 1, tokens, start), this.#sharedLength(place, tokens, start))
  }

  /** The suffixes that begin with tokens [start, end). */
  find(tokens: ArrayLike<number>, start: number, end: number): SuffixRange {
    const from = this.#lowerBound(tokens, start, end)
    let low = from
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#sharedLength(middle, tokens, start, end) === end - start) low = middle + 1
      else high = middle
    }
    return { from, to: low }
  }

  /** The distinct records in which the suffixes of a range begin, in order. */
  recordsIn({ from, to }: SuffixRange): number[] {
    const records = new Set<number>()
    for (let rank = from; rank < to; rank++) records.add(this.#recordOf[this.#sorted[rank] as number] as number)
    return [...records].sort((a, b) => a - b)
  }

  /** The first rank whose suffix is not before tokens [start, end). */
  #lowerBound(tokens: ArrayLike<number>, start: number, end: number): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const shared = this.#sharedLength(middle, tokens, start, end)
      const own = this.#text[(this.#sorted[middle] as number) + shared] as number
      // A token that no record contains sorts after all others; any consistent side would do.
      const wanted = this.#rankOfToken.get(tokens[start + shared] as number) ?? this.#text.length
      if (start + shared < end && own < wanted) low = middle + 1
      else high = middle
    }
    return low
  }

  #sharedLength(rank: number, tokens: ArrayLike<number>, start: number, end = tokens.length): number {
    if (rank < 0 || rank >= this.#sorted.length) return 0
    const at = this.#sorted[rank] as number
    let shared = 0
    while (start + shared < end && this.#text[at + shared] === this.#rankOfToken.get(tokens[start + shared] as number))
      shared++
    return shared
  }
}

function countTokens(records: readonly ArrayLike<number>[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const [record, tokens] of records.entries())
    for (let position = 0; position < tokens.length; position++) {
      const value = tokens[position] as number
      if (!Number.isSafeInteger(value) || value < 0) throw new OpenLedgerError('OL1507', { position, record, value })
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
  return counts
}

/** Prefix doubling (Manber and Myers): ranks suffixes by their first 1, 2, 4, … tokens, until all ranks differ. */
function sortSuffixes(text: Int32Array, alphabet: number): Int32Array {
  const n = text.length
  let rank = Int32Array.from(text)
  let next = new Int32Array(n)
  const sorted = new Int32Array(n)
  const bySecond = Int32Array.from({ length: n }, (_, i) => i)
  const counts = new Int32Array(Math.max(alphabet, n) + 1)
  countingSort(bySecond, rank, alphabet, counts, sorted)
  for (let length = 1; ; length *= 2) {
    // Suffixes of at most `length` tokens sort first; the others inherit the order of their continuation.
    let filled = 0
    for (let i = Math.max(0, n - length); i < n; i++) bySecond[filled++] = i
    for (const suffix of sorted) if (suffix >= length) bySecond[filled++] = suffix - length
    countingSort(bySecond, rank, Math.max(alphabet, n), counts, sorted)
    let classes = 0
    for (let i = 0; i < n; i++) {
      const suffix = sorted[i] as number
      if (i > 0) {
        const before = sorted[i - 1] as number
        const same = rank[suffix] === rank[before] && (rank[suffix + length] ?? -1) === (rank[before + length] ?? -1)
        if (!same) classes++
      }
      next[suffix] = classes
    }
    ;[rank, next] = [next, rank]
    if (classes >= n - 1) return sorted
  }
}

/** Writes `items` to `out` in the order of their keys; equal keys keep their order. */
function countingSort(
  items: Int32Array,
  keys: Int32Array,
  keyCount: number,
  counts: Int32Array,
  out: Int32Array,
): void {
  counts.fill(0)
  for (const item of items) {
    const slot = (keys[item] as number) + 1
    counts[slot] = (counts[slot] as number) + 1
  }
  for (let key = 1; key <= keyCount; key++) counts[key] = (counts[key] as number) + (counts[key - 1] as number)
  for (const item of items) {
    const key = keys[item] as number
    const place = counts[key] as number
    out[place] = item
    counts[key] = place + 1
  }
}
