/** Works until there is nothing left to do, once for any number of calls that come meanwhile. */
export class TaskLoop {
  readonly #advance: () => Promise<boolean>
  readonly #signal: AbortSignal
  #running: Promise<boolean> | undefined
  #queued: Promise<boolean> | undefined

  /** @param advance does the next thing there is to do, and tells whether there was any */
  constructor(advance: () => Promise<boolean>, signal: AbortSignal) {
    this.#advance = advance
    this.#signal = signal
  }

  /**
   * Resolves when there was nothing left to do at some moment after the call.
   *
   * @returns whether there was anything
   */
  run(): Promise<boolean> {
    this.#queued ??= this.#next()
    return this.#queued
  }

  async #next(): Promise<boolean> {
    // What a run under way does after the call counts too: whoever asked has not seen it yet.
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
