const recentMilliseconds = 3_000

/**
 * Notes the last time at which something may have changed on a devnet: a client's request, a new block. Code that polls the
 * nodes polls often while something happens and rarely otherwise, so that an idle devnet takes hardly any processor time.
 */
export class Activity {
  readonly #now: () => number
  #last: number
  #count = 0

  /** @param now a clock in milliseconds, for tests */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#last = now()
  }

  /** Notes that something happens. */
  touch(): void {
    this.#last = this.#now()
    this.#count++
  }

  /**
   * Makes a function to call before each poll. It returns true for some seconds after an event, at least once after each
   * event, and otherwise once in `oneIn` calls, because a client can also reach a node at its own port, unseen from here.
   */
  sieve(oneIn: number): () => boolean {
    let skipped = 0
    let seen = -1
    return () => {
      const happened = seen !== this.#count || this.#now() - this.#last < recentMilliseconds
      skipped = happened ? 0 : (skipped + 1) % oneIn
      if (skipped > 0) return false
      seen = this.#count
      return true
    }
  }
}
