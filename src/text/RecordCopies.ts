import { type Copy, CopyFinder } from './CopyFinder.js'
import type { Passage } from './Passage.js'
import type { Sketch } from './WordRuns.js'

/**
 * Answers of at least this many words are compared without their questions. Shorter answers can be equal by chance, or because
 * similar facts are stated in the same way.
 */
const wordsOfOwnAnswer = 20
/**
 * Minimum share of an answer's words in runs of an earlier answer for it to be a copy under another question. Two people who
 * state one fact share less.
 */
const copiedAnswerPart = 9 / 10

/** The parts of a record that are compared. */
interface RecordSketch {
  readonly whole: Sketch
  /** The answers alone, if there is also a question and they are long enough. */
  readonly answer: Sketch | undefined
}

/**
 * Finds the earlier records that a record copies: as a whole, as defined by {@link CopyFinder}, or in its answer alone, if the
 * answer has at least twenty words and nine tenths of them occur in an earlier answer. So a copied answer earns nothing under a
 * new question.
 *
 * @example
 * const copies = new RecordCopies()
 * copies.add(copies.sketch(passagesOf({ prompt: 'When do I reef?', completion: answer })))
 * copies.find(copies.sketch(passagesOf({ prompt: 'What do old hands say of wind?', completion: answer }))) // { of: 0, part: 1 }
 */
export class RecordCopies {
  readonly #wholes = new CopyFinder()
  readonly #answers = new CopyFinder()
  /** Maps the number of an answer to the number of its record. */
  readonly #answering: number[] = []

  /** Prepares a record for the other methods of this object. */
  sketch(passages: readonly Passage[]): RecordSketch {
    const whole = this.#wholes.sketch(passages)
    const isAsked = passages.some(({ learned }) => !learned)
    const answer = isAsked ? this.#answers.sketch(passages.filter(({ learned }) => learned)) : undefined
    return { whole, answer: answer !== undefined && answer.words.length >= wordsOfOwnAnswer ? answer : undefined }
  }

  /** Counts the runs of the record's prompts, also for a copy: runs that many prompts share are form. Call it once per record. */
  count({ whole }: RecordSketch): void {
    this.#wholes.count(whole)
  }

  /** Adds a record that later ones may copy, and returns its number: 0, 1, 2 … */
  add({ whole, answer }: RecordSketch): number {
    const number = this.#wholes.add(whole)
    if (answer === undefined) return number
    this.#answers.add(answer)
    this.#answering.push(number)
    return number
  }

  /** The added record that a record copies, or undefined. */
  find({ whole, answer }: RecordSketch): Copy | undefined {
    const copy = this.#wholes.find(whole)
    if (copy !== undefined || answer === undefined) return copy
    const answered = this.#answers.find(answer)
    return answered && answered.part >= copiedAnswerPart
      ? { of: this.#answering[answered.of] as number, part: answered.part }
      : undefined
  }
}
