import type { Passage } from './Passage.js'
import { comparableWords } from './words.js'

/** Words in a run, the smallest stretch that counts as copied. */
export const runWords = 3

/** A text as numbers: equal words have equal numbers, and so do equal runs of three words (shingles). */
export interface Sketch {
  readonly words: readonly number[]
  /** Run i consists of the words i, i + 1 and i + 2. */
  readonly runs: readonly number[]
  /** Whether the model is trained to say word i. */
  readonly learned: readonly boolean[]
}

/** Assigns numbers to words and runs of words, the same in all texts that it sketches. It is exact: there are no hash collisions. */
export class WordRuns {
  readonly #words = new Map<string, number>()
  readonly #pairs = new Map<number, number>()
  readonly #runs = new Map<number, number>()

  /** Number of distinct runs; the number of each is below it. */
  get size(): number {
    return this.#runs.size
  }

  sketch(passages: readonly Passage[]): Sketch {
    const words: number[] = []
    const learned: boolean[] = []
    for (const passage of passages)
      for (const word of comparableWords(passage.text)) {
        words.push(numberOf(this.#words, word))
        learned.push(passage.learned)
      }
    const runs: number[] = []
    for (let i = 0; i + runWords <= words.length; i++) {
      const pair = numberOf(this.#pairs, joined(words[i] as number, words[i + 1] as number))
      runs.push(numberOf(this.#runs, joined(pair, words[i + 2] as number)))
    }
    return { words, runs, learned }
  }
}

/** Joins two numbers below 2^26 to one below 2^52, which is exact in float64. */
const joined = (a: number, b: number): number => a * 2 ** 26 + b

function numberOf<Key>(numbers: Map<Key, number>, key: Key): number {
  const known = numbers.get(key)
  if (known !== undefined) return known
  const number = numbers.size
  numbers.set(key, number)
  return number
}
