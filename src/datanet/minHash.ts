/**
 * Near-duplicates by MinHash: a record's set of word 5-grams is put into 25 buckets, so that two records whose sets have
 * Jaccard similarity s share one with probability 1 - (1 - s^5)^25: 0.99995 at 0.8, 0.55 at 0.5. Candidates are then compared
 * in full, so chance decides only what is overlooked, never what is reported.
 */
export const bandCount = 25
const rowsPerBand = 5
const shingleWords = 5

/** Records at least this similar are near-duplicates. */
export const nearDuplicateSimilarity = 0.8

const { imul } = Math

/** The finaliser of MurmurHash3: a bijection of 32-bit numbers in which every bit depends on every other. */
function mix(value: number): number {
  let h = value
  h = imul(h ^ (h >>> 16), 0x85ebca6b)
  h = imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** FNV-1a over UTF-16 code units, then mixed. */
function hashText(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = imul(h ^ text.charCodeAt(i), 0x01000193)
  return mix(h)
}

const seeds = Uint32Array.from({ length: bandCount * rowsPerBand }, (_, i) => mix(i + 1))

/** The set of word 5-grams; all words together when there are fewer than five. */
export function shingles(words: readonly string[]): Set<string> {
  const count = Math.max(1, words.length - shingleWords + 1)
  return new Set(Array.from({ length: count }, (_, i) => words.slice(i, i + shingleWords).join(' ')))
}

/** The 25 bucket numbers (32-bit) of a set of shingles. */
export function bandKeys(set: ReadonlySet<string>): number[] {
  const least = new Uint32Array(seeds.length).fill(0xffffffff)
  for (const shingle of set) {
    const hash = hashText(shingle)
    for (let i = 0; i < seeds.length; i++) {
      const value = mix(hash ^ seeds[i]!)
      if (value < least[i]!) least[i] = value
    }
  }
  return Array.from({ length: bandCount }, (_, band) => {
    let key = band
    for (let row = 0; row < rowsPerBand; row++) key = mix(imul(key, 31) + least[band * rowsPerBand + row]!)
    return key
  })
}

/** Size of the intersection over size of the union. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0
  for (const item of a) if (b.has(item)) shared++
  return shared / (a.size + b.size - shared)
}
