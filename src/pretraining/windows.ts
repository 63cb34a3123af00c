import { Random } from '../models/random.js'
import type { Windows } from './LanguageModelPrograms.js'

/** A phase of training with one sequence length and linearly changing learning rates. */
export interface Phase {
  readonly steps: number
  /** Sequences per step. */
  readonly batch: number
  /** Tokens per sequence. */
  readonly length: number
  /** Factor of the peak learning rates at the first step. */
  readonly from: number
  /** Factor after the last step. */
  readonly to: number
}

/** The phase of a step (0-based), and the number of steps before that phase. */
export function phaseOf(phases: readonly Phase[], step: number): { phase: Phase; index: number; before: number } {
  let before = 0
  for (const [index, phase] of phases.entries()) {
    if (step < before + phase.steps) return { phase, index, before }
    before += phase.steps
  }
  throw new RangeError(`step ${step} of ${before}`)
}

/**
 * Draws the sequences of each step from one stream of tokens. Every pass cuts the stream at a new random offset and takes
 * each piece once, in random order. The sequences of a step depend only on its number and the seed, so a resumed run reads
 * the same data as an uninterrupted one.
 */
export class TrainingWindows {
  readonly #stream: Uint16Array
  readonly #phases: readonly Phase[]
  readonly #seed: number
  #pass: { readonly key: string; readonly offset: number; readonly order: readonly number[] } | undefined

  /** @param stream longer than two sequences of any phase */
  constructor(stream: Uint16Array, phases: readonly Phase[], seed: number) {
    this.#stream = stream
    this.#phases = phases
    this.#seed = seed
  }

  at(step: number): Windows {
    const { phase, index, before } = phaseOf(this.#phases, step)
    const { batch, length } = phase
    const pieces = Math.floor((this.#stream.length - 1) / length) - 1
    const ids = new Int32Array(batch * (length + 1))
    for (let row = 0; row < batch; row++) {
      const drawn = (step - before) * batch + row
      const { offset, order } = this.#passOf(index, Math.floor(drawn / pieces), length, pieces)
      const start = offset + (order[drawn % pieces] as number) * length
      ids.set(this.#stream.subarray(start, start + length + 1), row * (length + 1))
    }
    return { ids, batch }
  }

  #passOf(phase: number, pass: number, length: number, pieces: number) {
    const key = `${phase} ${pass}`
    if (this.#pass?.key !== key) {
      const random = new Random((this.#seed * 1000 + phase) * 100 + pass)
      const offset = Math.floor(random.uniform() * length)
      const order = random.shuffle(Array.from({ length: pieces }, (_, i) => i))
      this.#pass = { key, offset, order }
    }
    return this.#pass
  }
}
