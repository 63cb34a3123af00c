/** Repeats a step until there is nothing left to do. Calls that arrive meanwhile share one more run. */
export class TaskLoop {
  readonly #advance: () => Promise<boolean>
  readonly #signal: AbortSignal
  #running: Promise<boolean> | undefined
  #queued: Promise<boolean> | undefined

  /** @param advance takes the next step and returns whether there was one */
  constructor(advance: () => Promise<boolean>, signal: AbortSignal) {
    this.#advance = advance
    this.#signal = signal
  }

  /**
   * Resolves when, at some moment after the call, there was nothing left to do.
   *
   * @returns whether there was a step
   */
  run(): Promise<boolean> {
    this.#queued ??= this.#next()
    return this.#queued
  }

  async #next(): Promise<boolean> {
    // Steps of a run that is under way count too, because the caller has not seen their effects yet.
    let worked = (await this.#running?.catch(() => false)) ?? false
    this.#running = this.#queued
    this.#queued = undefined
    try {
      while (!this.#signal.aborted && (await this.#advance())) worked = true
    } finally {
      this.#running = undefined
    }
    return worked
  }
}
