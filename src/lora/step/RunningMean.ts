/** The time constant of the mean, as a share of the run's steps. */
const window = 0.05

/**
 * An exponential moving average for noisy losses, with the bias correction of Adam's moments (Kingma & Ba 2014,
 * https://arxiv.org/abs/1412.6980, section 3). Its time constant is a twentieth of the run, and at most 50 steps.
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

  /** @param steps number of steps of the whole run */
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
