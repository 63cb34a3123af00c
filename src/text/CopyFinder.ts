import { editDistanceWithin } from './editDistance.js'
import type { Passage } from './Passage.js'
import { Postings } from './Postings.js'
import { runWords, type Sketch, WordRuns } from './WordRuns.js'

/** Minimum share of a text's words in runs of an earlier text for the text to be a copy. */
const copiedPart = 3 / 4
/** Minimum share of an earlier text's words in runs of a text for the text to contain it. */
const heldPart = 4 / 5
/** Minimum share of a text's words in runs of earlier texts that it contains for it to be those with padding. */
const paddedPart = 1 / 2
/** A copy in the original order may change, add or omit one word in this many. */
const wordsPerEdit = 6
/** Minimum words of a contained text; shorter ones, such as set phrases or questions, occur in others by chance. */
const shortestContained = 8
/** Minimum words of an excerpt. */
const excerptWords = 6
/** A run of three words in the prompts of at least this many texts is part of the form of their question. */
const formPrompts = 8
/** Answers of at least this many words are also compared by themselves. */
const longAnswer = 6
/** Minimum share of the answer, and of the text without the form of the question, that a copy must take over. */
const answerPart = 1 / 2

/** A text that repeats earlier ones. */
export interface Copy {
  /** The number (see `add`) of the earlier text with most of its words; of several, the earliest. */
  readonly of: number
  /** The share of the text's words that occur, in runs of three or more, in the earlier text or texts; above 0, up to 1. */
  readonly part: number
}

/**
 * Finds the earlier texts that a text copies. The decision depends only on the texts' `comparableWords`. A text is a copy if
 *
 * - an earlier text has the same words, or all but one in six; or
 * - three quarters of its words occur in one earlier text in runs of three or more, in any order: a part of it, reordered
 *   sentences, every tenth word changed; or
 * - half of its words occur in earlier texts of which it contains four fifths: a copy with padding, or several pasted together;
 *   or
 * - three quarters of its words are excerpts, of six words and more, from earlier texts.
 *
 * A text with a different answer is not a copy: half of its answer must be copied, if the answer has six words or more, and
 * half of the text without the form of its question (the runs that eight or more prompts share). The same holds for the texts
 * that it contains. A text of fewer than six words is a copy only of the same words.
 *
 * The search is exact. Any half of a copy's words includes a word in a run of the original, and any quarter of them includes a
 * word of the original (`#mayHave` has the proofs). So it suffices to compare texts that share a rare part, and no edit can
 * exploit a gap in the search. By definition these escape: paraphrases, and copies with more new text than copied text.
 *
 * @example
 * const finder = new CopyFinder()
 * finder.add(finder.sketch([{ text: 'Reef early, before the wind decides for you.', learned: true }]))
 * finder.find(finder.sketch([{ text: 'REEF early: before the wind decides for us.', learned: true }])) // { of: 0, part: 0.875 }
 */
export class CopyFinder {
  readonly #numbers = new WordRuns()
  readonly #texts: Sketch[] = []
  readonly #equal = new Map<string, number>()
  /** The texts that contain a run. */
  readonly #holders = new Postings()
  /** The texts that contain a word. */
  readonly #speakers = new Postings()
  /** For each text a set of its runs; every text that contains that text has at least one of them. */
  readonly #anchors = new Postings()
  readonly #prompts: number[] = []
  readonly #marks: number[] = []
  #mark = 0

  /** Prepares a text for the other methods of this finder. */
  sketch(passages: readonly Passage[]): Sketch {
    return this.#numbers.sketch(passages)
  }

  /** Counts the runs of a text's prompts, also for a copy: runs that many prompts share are form. Call it once per text. */
  count({ runs, learned }: Sketch): void {
    const asked = new Set(runs.filter((_, i) => !learned[i] && !learned[i + runWords - 1]))
    for (const run of asked) this.#prompts[run] = (this.#prompts[run] ?? 0) + 1
  }

  /** Adds a text that later ones may copy, and returns its number: 0, 1, 2 … */
  add(text: Sketch): number {
    const number = this.#texts.push(text) - 1
    const key = text.words.join(' ')
    if (!this.#equal.has(key)) this.#equal.set(key, number)
    if (text.words.length >= shortestContained) {
      // One more run than can be missing, so that every text which contains this one has one of them. The small number
      // absorbs the rounding of 4/5 in float64.
      const missing = text.words.length - Math.ceil(heldPart * text.words.length - 1e-9)
      for (const run of this.#rarestRuns(text, missing + 1)) this.#anchors.add(run, number)
    }
    for (const run of new Set(text.runs)) this.#holders.add(run, number)
    for (const word of new Set(text.words)) this.#speakers.add(word, number)
    return number
  }

  /** The added text that a text copies, or undefined. */
  find(text: Sketch): Copy | undefined {
    if (text.words.length === 0) return undefined
    const same = this.#equal.get(text.words.join(' '))
    if (same !== undefined) return { of: same, part: 1 }
    return this.#findOne(text) ?? this.#findContained(text) ?? this.#findExcerpts(text)
  }

  /** The text of which it is an edit or a part. */
  #findOne(text: Sketch): Copy | undefined {
    let best: Copy | undefined
    for (const number of this.#mayHave(text)) {
      const other = this.#texts[number] as Sketch
      const part = this.#partIn(text, other)
      // Every edit shares at least half; see `#mayHave`.
      if (part < 1 / 2) continue
      if (best !== undefined && (part < best.part || (part === best.part && number > best.of))) continue
      const taken = text.words.length >= shortestContained && part >= copiedPart
      if ((taken || this.#isEdit(text, other)) && this.#answersAlike(text, this.#standingIn(text, other)))
        best = { of: number, part }
    }
    return best
  }

  /** The texts that it contains almost completely. */
  #findContained(text: Sketch): Copy | undefined {
    const candidates = new Set<number>()
    for (const run of new Set(text.runs)) for (const number of this.#anchors.of(run)) candidates.add(number)
    const union = new Uint8Array(text.words.length)
    let most = { of: -1, part: 0 }
    for (const number of [...candidates].sort((a, b) => a - b)) {
      const other = this.#texts[number] as Sketch
      if (this.#partIn(other, text) < heldPart) continue
      if (!this.#answersAlike(other, this.#standingIn(other, text), 0)) continue
      const mask = this.#standingIn(text, other)
      for (const [i, covered] of mask.entries()) if (covered) union[i] = 1
      const part = mean(mask)
      if (part > most.part) most = { of: number, part }
    }
    const part = mean(union)
    return part >= paddedPart ? { of: most.of, part } : undefined
  }

  /** The texts that it consists of excerpts from. */
  #findExcerpts(text: Sketch): Copy | undefined {
    const { words, runs } = text
    const span = excerptWords - runWords + 1
    const mask = new Uint8Array(words.length)
    const takenFrom = new Map<number, number>()
    const known = runs.map((run) => this.#holders.count(run) > 0)
    const possible = [...runs.keys()].filter((i) => i + span <= runs.length && known.slice(i, i + span).every(Boolean))
    for (const i of possible) mask.fill(1, i, i + excerptWords)
    // Most texts end here, before they are compared with any other.
    if (mean(mask) < copiedPart || !this.#answersAlike(text, mask)) return undefined
    mask.fill(0)
    for (const i of possible) {
      const wanted = runs.slice(i, i + span)
      const rarest = wanted.reduce((a, b) => (this.#holders.count(b) < this.#holders.count(a) ? b : a))
      const from = Array.from(this.#holders.of(rarest)).filter((number) =>
        holdsRow(this.#texts[number] as Sketch, wanted),
      )
      if (from.length === 0) continue
      mask.fill(1, i, i + excerptWords)
      const earliest = Math.min(...from)
      takenFrom.set(earliest, (takenFrom.get(earliest) ?? 0) + 1)
    }
    const part = mean(mask)
    if (part < copiedPart || !this.#answersAlike(text, mask)) return undefined
    const [most] = [...takenFrom].sort((a, b) => b[1] - a[1] || a[0] - b[0])
    return most && { of: most[0], part }
  }

  /**
   * A superset of the texts of which `text` can be an edit or a part: those with a run that touches the rarest half of its
   * words, or those with one of the rarest quarter of its words, whichever are fewer.
   *
   * Proof that one run suffices. A part of another text has three quarters of its words in common runs. For an edit with d
   * changes, let k be the number of omitted words of the other text: the text has n >= 6 d - k words, of which at most d - k are
   * changed, and the others form at most d + 1 stretches of equal words. If all stretches were shorter than a run, n would be at
   * most d - k + 2 (d + 1), and 3 d at most 2. So one stretch is a run, the other d have at most 2 d words, and at most
   * 3 d - k words are outside runs: at most half of the longer text minus k, which is at most n / 2.
   *
   * Proof that one word suffices. At most a quarter of the words of a part are not in the other text, and of an edit at most
   * d - k, which is at most n / 5.
   */
  #mayHave(text: Sketch): Set<number> {
    const { length } = text.words
    const runs = this.#rarestRuns(text, Math.floor(length / 2) + 1)
    const words = text.words
      .toSorted((a, b) => this.#speakers.count(a) - this.#speakers.count(b))
      .slice(0, Math.floor(length / 4) + 1)
    const found = new Set<number>()
    if (total(this.#holders, runs) <= total(this.#speakers, words))
      for (const run of runs) for (const number of this.#holders.of(run)) found.add(number)
    else for (const word of new Set(words)) for (const number of this.#speakers.of(word)) found.add(number)
    return found
  }

  /** The runs that touch the `count` rarest words of a text, those whose runs are in the fewest other texts. */
  #rarestRuns({ words, runs }: Sketch, count: number): Set<number> {
    const held = runs.map((run) => this.#holders.count(run))
    const cost = words.map((_, i) => (held[i] ?? 0) + (held[i - 1] ?? 0) + (held[i - 2] ?? 0))
    const rarest = [...words.keys()].sort((a, b) => (cost[a] as number) - (cost[b] as number)).slice(0, count)
    const touching = new Set<number>()
    for (const i of rarest)
      for (let at = Math.max(0, i - runWords + 1); at <= i && at < runs.length; at++) touching.add(runs[at] as number)
    return touching
  }

  #isEdit(text: Sketch, other: Sketch): boolean {
    const limit = Math.floor(Math.max(text.words.length, other.words.length) / wordsPerEdit)
    const spoken = new Set(other.words)
    // Each word that the other text lacks costs a change; counting these first avoids most expensive comparisons.
    let foreign = 0
    for (const word of text.words) if (!spoken.has(word) && ++foreign > limit) return false
    return editDistanceWithin(text.words, other.words, limit)
  }

  /** The share of the words of `text` in runs of `other`. It is the hottest comparison, so it allocates nothing. */
  #partIn(text: Sketch, other: Sketch): number {
    const mark = this.#markRuns(other)
    let covered = 0
    let end = 0
    for (let i = 0; i < text.runs.length; i++) {
      if (this.#marks[text.runs[i] as number] !== mark) continue
      covered += i + runWords - Math.max(i, end)
      end = i + runWords
    }
    return covered / text.words.length
  }

  /** A mask with 1 for each word of `text` in a run of `other`. */
  #standingIn(text: Sketch, other: Sketch): Uint8Array {
    const mark = this.#markRuns(other)
    const mask = new Uint8Array(text.words.length)
    for (const [i, run] of text.runs.entries()) if (this.#marks[run] === mark) mask.fill(1, i, i + runWords)
    return mask
  }

  #markRuns({ runs }: Sketch): number {
    const mark = ++this.#mark
    for (let i = 0; i < runs.length; i++) this.#marks[runs[i] as number] = mark
    return mark
  }

  /** Whether the words in the mask cover enough of a text's answer, and of the text without the form of its question. */
  #answersAlike({ words, runs, learned }: Sketch, mask: Uint8Array, shortest = longAnswer): boolean {
    const answer = mask.filter((_, i) => learned[i])
    if (answer.length > 0 && answer.length >= shortest && mean(answer) < answerPart) return false
    const form = new Uint8Array(words.length)
    for (const [i, run] of runs.entries()) if ((this.#prompts[run] ?? 0) >= formPrompts) form.fill(1, i, i + runWords)
    const own = mask.filter((_, i) => learned[i] || !form[i])
    return own.length === 0 || mean(own) >= answerPart
  }
}

const total = (postings: Postings, keys: Iterable<number>): number =>
  [...keys].reduce((sum, key) => sum + postings.count(key), 0)

const holdsRow = ({ runs }: Sketch, row: readonly number[]): boolean =>
  runs.some((run, i) => run === row[0] && row.every((wanted, k) => runs[i + k] === wanted))

const mean = (mask: Uint8Array): number => mask.reduce((sum, covered) => sum + covered, 0) / mask.length
