/** Of the run's steps this share is what a mean looks back over. */
const window = 0.05

/**
 * The exponential mean that is drawn over noisy losses, its start corrected as Adam's moments are (Kingma & Ba 2014,
 * https://arxiv.org/abs/1412.6980, section 3). It looks back over a twentieth of the run, and over 50 steps at most.
 *
 * @example
 * const mean = new RunningMean(1000)
 * mean.add(4) // 4
 * mean.add(2) // 2.99
 */
export class RunningMean {
  readonly #keep: number
  #sum = 0
  #weight = 0

  /** @param steps of the whole run */
  constructor(steps: number) {
    this.#keep = 1 - 1 / Math.min(50, Math.max(1, window * steps))
  }

  /** @returns the mean including `value` */
  add(value: number): number {
    this.#sum = this.#keep * this.#sum + (1 - this.#keep) * value
    this.#weight = this.#keep * this.#weight + (1 - this.#keep)
    return this.#sum / this.#weight
  }
}
