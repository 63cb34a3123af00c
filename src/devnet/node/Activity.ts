const recentMilliseconds = 3_000

/**
 * Notes when something may last have changed on a devnet: a client's request, a new block. What looks at the nodes again and
 * again does so often while something happens, and seldom while nothing does, so that an idle devnet takes next to no time.
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

  /** Something happens. */
  touch(): void {
    this.#last = this.#now()
    this.#count++
  }

  /**
   * A question to ask before each look. It says yes for some seconds after something happened, once more however late it is
   * asked, and else one time in so many: a node can also be reached at its own port, which is not seen here.
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
