/** More than two looks lie apart where this process runs at all. */
const longestStep = 1_000

/**
 * How long something is waited for, in time in which this process ran. A machine that was suspended, or a process that got
 * no processor for a minute, uses up one step only: the answer that arrived meanwhile is seen before patience is over.
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

  /** Counts what has passed since the last call, a second at most, and tells whether nothing is left. */
  isOver(): boolean {
    const now = this.#now()
    this.#left -= Math.min(now - this.#last, longestStep)
    this.#last = now
    return this.#left <= 0
  }
}
