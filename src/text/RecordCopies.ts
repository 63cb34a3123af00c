import { type Copy, CopyFinder } from './CopyFinder.js'
import type { Passage } from './Passage.js'
import type { Sketch } from './WordRuns.js'

/**
 * An answer of so many words is somebody's text, whatever is asked before it. Shorter ones are the same by chance, or because
 * facts of one form are stated in one way.
 */
const wordsOfOwnAnswer = 20
/** Of an answer's words, in runs of an earlier answer, from which it is a copy under another question. Two people say one fact with less. */
const copiedAnswerPart = 9 / 10

/** What is compared of a record. */
interface RecordSketch {
  readonly whole: Sketch
  /** Its answers alone, where there is a question beside them and they are long enough. */
  readonly answer: Sketch | undefined
}

/**
 * Finds the earlier records that a record copies: as a whole, as {@link CopyFinder} says, or in its answer alone, if that is of
 * twenty words or more and nine tenths of them stand in an earlier answer. So another's answer earns nothing under another question.
 *
 * @example
 * const copies = new RecordCopies()
 * copies.add(copies.sketch(passagesOf({ prompt: 'When do I reef?', completion: answer })))
 * copies.find(copies.sketch(passagesOf({ prompt: 'What do old hands say of wind?', completion: answer }))) // { of: 0, part: 1 }
 */
export class RecordCopies {
  readonly #wholes = new CopyFinder()
  readonly #answers = new CopyFinder()
  /** The numbers of the records whose answers are compared, by those of their answers. */
  readonly #answering: number[] = []

  /** Reads a record; to be given to the other methods of this object. */
  sketch(passages: readonly Passage[]): RecordSketch {
    const whole = this.#wholes.sketch(passages)
    const isAsked = passages.some(({ learned }) => !learned)
    const answer = isAsked ? this.#answers.sketch(passages.filter(({ learned }) => learned)) : undefined
    return { whole, answer: answer !== undefined && answer.words.length >= wordsOfOwnAnswer ? answer : undefined }
  }

  /** Counts what the record asks, copy or not: what many ask is form. A record is counted once. */
  count({ whole }: RecordSketch): void {
    this.#wholes.count(whole)
  }

  /** Lets later records be found to copy this one, and returns its number: 0, 1, 2 … */
  add({ whole, answer }: RecordSketch): number {
    const number = this.#wholes.add(whole)
    if (answer === undefined) return number
    this.#answers.add(answer)
    this.#answering.push(number)
    return number
  }

  /** What a record copies of those that were added, or undefined. */
  find({ whole, answer }: RecordSketch): Copy | undefined {
    const copy = this.#wholes.find(whole)
    if (copy !== undefined || answer === undefined) return copy
    const answered = this.#answers.find(answer)
    return answered && answered.part >= copiedAnswerPart
      ? { of: this.#answering[answered.of] as number, part: answered.part }
      : undefined
  }
}
