import { editDistanceWithin } from './editDistance.js'
import type { Passage } from './Passage.js'
import { Postings } from './Postings.js'
import { runWords, type Sketch, WordRuns } from './WordRuns.js'

/** Of a text's words, in runs that an earlier text has too, from which the text is a copy. */
const copiedPart = 3 / 4
/** Of an earlier text's words, in runs that a text has too, from which the text holds it. */
const heldPart = 4 / 5
/** Of a text's words, in runs of earlier texts that it holds, from which it is nothing but those with padding. */
const paddedPart = 1 / 2
/** One word in so many may be changed, added or left out of a copy that keeps its order. */
const wordsPerEdit = 6
/** A shorter text stands in others by chance: a set phrase, a question. */
const shortestContained = 8
/** Words in a row that make an excerpt, of which a text can be patched together. */
const excerptWords = 6
/** A run of three words that the prompts of so many texts have is the form of their question. */
const formPrompts = 8
/** An answer so long is compared by itself, too. */
const longAnswer = 6
/** Of the answer, and of what is left without the form of the question, that a copy takes over. */
const answerPart = 1 / 2

/** A text that repeats earlier ones. */
export interface Copy {
  /** The earlier text that has most of its words, by the number that `add` gave it; of equals the earliest. */
  readonly of: number
  /** The part of the text's words that stand, in runs of three and more, in the earlier text or texts; over 0 to 1. */
  readonly part: number
}

/**
 * Finds among earlier texts those that a text copies. Whether it does depends on the words of the texts alone, after
 * `comparableWords`; it is a copy when
 *
 * - an earlier text has the same words, or the same but for one in six; or
 * - three quarters of its words stand in one earlier text in runs of three or more, in whatever order: part of it, its
 *   sentences turned around, every tenth word changed; or
 * - half of its words stand in earlier texts of which it holds four fifths: a copy with padding, or several pasted together; or
 * - three quarters of its words are excerpts, of six words and more, from earlier texts.
 *
 * A text in which something else is answered is no copy: half of its answer has to be copied where that is of six words or more,
 * and half of what is left of it without the form of its question, the runs that eight and more prompts have. Of texts that it
 * holds, half of their answer has to be in it, and half of what is left of them. A text of fewer than six words is a copy only
 * of the same words.
 *
 * The search is exact. Of any half of a copy's words at least one stands in a run of the original, and any quarter of them has
 * a word of the original (the proofs are at `#mayHave`). So only the texts that have a rare part in common are compared, and no
 * edit can be searched for that happens to be overlooked. What escapes by rule: a paraphrase, and a copy with more of its own than of the original.
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
  /** The texts that have a run. */
  readonly #holders = new Postings()
  /** The texts that have a word. */
  readonly #speakers = new Postings()
  /** Runs of which every text that holds the listed one has at least one. */
  readonly #anchors = new Postings()
  readonly #prompts: number[] = []
  readonly #marks: number[] = []
  #mark = 0

  /** Reads a text; to be given to the other methods of this finder. */
  sketch(passages: readonly Passage[]): Sketch {
    return this.#numbers.sketch(passages)
  }

  /** Counts the runs of a text's prompts, copy or not: what many prompts have is form. A text is counted once. */
  count({ runs, learned }: Sketch): void {
    const asked = new Set(runs.filter((_, i) => !learned[i] && !learned[i + runWords - 1]))
    for (const run of asked) this.#prompts[run] = (this.#prompts[run] ?? 0) + 1
  }

  /** Lets later texts be found to copy this one, and returns its number: 0, 1, 2 … */
  add(text: Sketch): number {
    const number = this.#texts.push(text) - 1
    const key = text.words.join(' ')
    if (!this.#equal.has(key)) this.#equal.set(key, number)
    if (text.words.length >= shortestContained) {
      // One more than can be missing, so that one of them is in whatever text holds this one. 4/5 of a length may be no exact float64.
      const missing = text.words.length - Math.ceil(heldPart * text.words.length - 1e-9)
      for (const run of this.#rarestRuns(text, missing + 1)) this.#anchors.add(run, number)
    }
    for (const run of new Set(text.runs)) this.#holders.add(run, number)
    for (const word of new Set(text.words)) this.#speakers.add(word, number)
    return number
  }

  /** What a text copies of those that were added, or undefined. */
  find(text: Sketch): Copy | undefined {
    if (text.words.length === 0) return undefined
    const same = this.#equal.get(text.words.join(' '))
    if (same !== undefined) return { of: same, part: 1 }
    return this.#findOne(text) ?? this.#findContained(text) ?? this.#findExcerpts(text)
  }

  /** The one text that it is an edit or a part of. */
  #findOne(text: Sketch): Copy | undefined {
    let best: Copy | undefined
    for (const number of this.#mayHave(text)) {
      const other = this.#texts[number] as Sketch
      const part = this.#partIn(text, other)
      // No edit has less of it, see `#mayHave`.
      if (part < 1 / 2) continue
      if (best !== undefined && (part < best.part || (part === best.part && number > best.of))) continue
      const taken = text.words.length >= shortestContained && part >= copiedPart
      if ((taken || this.#isEdit(text, other)) && this.#answersAlike(text, this.#standingIn(text, other)))
        best = { of: number, part }
    }
    return best
  }

  /** The texts that it holds nearly whole. */
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

  /** The texts that it is patched together of. */
  #findExcerpts(text: Sketch): Copy | undefined {
    const { words, runs } = text
    const span = excerptWords - runWords + 1
    const mask = new Uint8Array(words.length)
    const takenFrom = new Map<number, number>()
    const known = runs.map((run) => this.#holders.count(run) > 0)
    const possible = [...runs.keys()].filter((i) => i + span <= runs.length && known.slice(i, i + span).every(Boolean))
    for (const i of possible) mask.fill(1, i, i + excerptWords)
    // Most texts end here, without a look at any other.
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
   * Texts among which is every one that `text` can be an edit or a part of: those with a run that touches the rarest half of
   * its words, or those with one of the rarest quarter of its words, whichever are fewer.
   *
   * Proof that one run is enough. A part of another text has three quarters of its words in common runs. Of an edit by d changes
   * let k be those that leave out words of the other text: the text has n >= 6 d - k words, d - k of them changed at most, the
   * others in at most d + 1 stretches of equal words. Were all stretches shorter than a run, n would be at most d - k + 2 (d + 1),
   * and 3 d at most 2. So one is a run, the other d have at most 2 d words, and outside of runs are at most 3 d - k words: at most
   * half of the longer text less k, which is at most n / 2.
   *
   * That one word is enough: of a part a quarter of the words are not the other text's at most, and of an edit d - k, at most n / 5.
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

  /** The runs that touch `count` words of a text, those words that are in the fewest other texts. */
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
    // Each word that the other has nowhere costs a change: this spares most texts of one form the long comparison.
    let foreign = 0
    for (const word of text.words) if (!spoken.has(word) && ++foreign > limit) return false
    return editDistanceWithin(text.words, other.words, limit)
  }

  /** The part of the words of `text` that are in a run of `other`; what is compared most, so nothing is made for it. */
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

  /** 1 for each word of `text` that is in a run of `other`. */
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

  /** Whether the words in the mask are what a text answers, too, and more than the form in which it is asked. */
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
