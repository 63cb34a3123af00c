import { Random } from '../models/random.js'
import type { Windows } from './LanguageModelPrograms.js'

/** A part of the training: sequences of one length, and rates that go along a line. */
export interface Phase {
  readonly steps: number
  /** Sequences of a step, and tokens of a sequence. */
  readonly batch: number
  readonly length: number
  /** Shares of the peak rates at the first step and after the last. */
  readonly from: number
  readonly to: number
}

/** The phase that a step (0-based) belongs to, and the steps before the phase. */
export function phaseOf(phases: readonly Phase[], step: number): { phase: Phase; index: number; before: number } {
  let before = 0
  for (const [index, phase] of phases.entries()) {
    if (step < before + phase.steps) return { phase, index, before }
    before += phase.steps
  }
  throw new RangeError(`step ${step} of ${before}`)
}

/**
 * Draws the sequences of each step from one stream of tokens. Every pass over the stream cuts it anew at a random place
 * and takes the pieces in a random order, each once. What a step reads depends on its number and the seed alone, so a
 * run that was stopped reads on as if it had not been.
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
