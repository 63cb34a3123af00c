/** Longest counted step in milliseconds. Two calls are closer together whenever this process runs at all. */
const longestStep = 1_000

/**
 * A time limit that counts only the time in which this process ran. If the machine was suspended, or the process got no
 * processor for a minute, only one step counts, so that the process sees the answer that arrived meanwhile.
 *
 * @example
 * const patience = new Patience(10)
 * while (!(await isReady())) {
 *   if (patience.isOver()) throw new Error('it is not ready after 10 seconds')
 *   await sleep(5)
 * }
 */
export class Patience {
  readonly #now: () => number
  #last: number
  #left: number

  /** @param now a clock in milliseconds, for tests */
  constructor(seconds: number, now: () => number = () => performance.now()) {
    this.#now = now
    this.#last = now()
    this.#left = seconds * 1_000
  }

  /** Counts the time since the last call, at most a second, and returns whether nothing is left. */
  isOver(): boolean {
    const now = this.#now()
    this.#left -= Math.min(now - this.#last, longestStep)
    this.#last = now
    return this.#left <= 0
  }
}
