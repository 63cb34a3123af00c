import { comparableWords } from './words.js'

const shingleWords = 5
/** How many of a record's rarest shared word runs are followed to other records. */
const probes = 12
/** A word run that more distinct records hold is a set phrase of the Datanet, and no evidence of copying. */
const setPhraseRecords = 256
const minimumJaccard = 0.8
const minimumEditSimilarity = 0.9
const minimumContainment = 0.8
/** Shorter texts are contained in others by chance: set phrases, questions. */
const minimumContainedShingles = 8

interface Sketch {
  readonly words: readonly string[]
  /** Its runs of five words, each once. */
  readonly shingles: ReadonlySet<string>
}

function sketch(text: string): Sketch {
  const words = comparableWords(text)
  const shingles = new Set<string>()
  for (let start = 0; start + shingleWords <= words.length; start++)
    shingles.add(words.slice(start, start + shingleWords).join(' '))
  if (words.length < shingleWords) shingles.add(words.join(' '))
  return { words, shingles }
}

/**
 * Groups records that are copies of each other but for small edits, so that copies share one credit. Returns for each record
 * the index of its cluster's first record.
 *
 * Two texts are near-duplicates when, after {@link comparableWords}, their runs of five words have Jaccard similarity of
 * at least 0.8, or at least nine words in ten agree (edit distance), or one holds four fifths of the other's runs and these
 * are more than half of its own (a copy with padding).
 *
 * Candidates come from an exact index of word runs, rarest shared run first, rather than from MinHash: nothing is missed by
 * chance, so nobody can search for an edit that happens to miss. A record joins the cluster of the *first* record that it
 * resembles, and never ties two clusters together: a chain of small edits from one rival's record to another's, or a record
 * pasted together from many, cannot merge their credits. Pass records in the order in which they were first seen where that
 * is known. A paraphrase, or a copy padded to more than twice its length, escapes.
 */
export function nearDuplicates(texts: readonly string[]): Int32Array {
  const sketches = texts.map(sketch)
  const frequency = new Map<string, number>()
  for (const { shingles } of sketches) for (const run of shingles) frequency.set(run, (frequency.get(run) ?? 0) + 1)
  /** Leaders so far, by each word run that others share. */
  const leadersOf = new Map<string, number[]>()
  const leader = new Int32Array(texts.length)
  for (const [record, own] of sketches.entries()) {
    const shared = [...own.shingles].filter((run) => (frequency.get(run) as number) > 1)
    const leaders = (run: string): readonly number[] => leadersOf.get(run) ?? []
    const rarest = shared
      .filter((run) => leaders(run).length <= setPhraseRecords)
      .sort((a, b) => (frequency.get(a) as number) - (frequency.get(b) as number))
      .slice(0, probes)
    let first = record
    for (const candidate of new Set(rarest.flatMap(leaders)))
      if (candidate < first && resemble(sketches[candidate] as Sketch, own)) first = candidate
    leader[record] = first
    if (first !== record) continue
    for (const run of shared) {
      const known = leadersOf.get(run)
      if (known === undefined) leadersOf.set(run, [record])
      else known.push(record)
    }
  }
  return leader
}

function resemble(a: Sketch, b: Sketch): boolean {
  const [smaller, larger] = a.shingles.size <= b.shingles.size ? [a.shingles, b.shingles] : [b.shingles, a.shingles]
  let overlap = 0
  for (const run of smaller) if (larger.has(run)) overlap++
  if (overlap >= minimumJaccard * (smaller.size + larger.size - overlap)) return true
  // More than half of the larger: no record can hold two that have nothing in common.
  if (
    smaller.size >= minimumContainedShingles &&
    overlap >= minimumContainment * smaller.size &&
    overlap > larger.size / 2
  )
    return true
  const allowed = Math.floor((1 - minimumEditSimilarity) * Math.max(a.words.length, b.words.length) + 1e-9)
  return allowed > 0 && editDistanceWithin(a.words, b.words, allowed)
}

/** Whether at most `limit` words have to be inserted, removed or replaced; only the band that can say so is computed. */
function editDistanceWithin(a: readonly string[], b: readonly string[], limit: number): boolean {
  if (Math.abs(a.length - b.length) > limit) return false
  let previous = new Int32Array(b.length + 1).map((_, j) => j)
  let current = new Int32Array(b.length + 1)
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - limit)
    const to = Math.min(b.length, i + limit)
    current.fill(limit + 1)
    if (i <= limit) current[0] = i
    let best = current[0] as number
    for (let j = from; j <= to; j++) {
      const replaced = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const cost = Math.min(replaced, (previous[j] as number) + 1, (current[j - 1] as number) + 1)
      current[j] = cost
      best = Math.min(best, cost)
    }
    if (best > limit) return false
    ;[previous, current] = [current, previous]
  }
  return (previous[b.length] as number) <= limit
}
