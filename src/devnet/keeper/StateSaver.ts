import { reasonOf } from '../../files/reasonOf.js'

/** Rest between two saves, in milliseconds: with the save itself less than a second, as long as that is quick. */
const leastRest = 400
/** A save takes at most one part in so many of the time; a slow one is therefore followed by a longer rest. */
const share = 10

export interface StateSaverOptions {
  /** Changes when there is something to save: the hashes of both heads. */
  readonly mark: () => Promise<string>
  readonly save: () => Promise<void>
  /** A save failed, or the first one after that succeeded again (`undefined`). */
  readonly onFailure: (cause: unknown) => void
  /** The rest between saves went over a second, or back under it. */
  readonly onPace: (milliseconds: number) => void
}

/**
 * Saves whenever the chains have moved, often enough that a crash costs at most a second of blocks. Saving large chains
 * takes longer, and is then done less often, so that at most a tenth of the time goes into it.
 */
export class StateSaver {
  readonly #options: StateSaverOptions
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #saved: string | undefined
  #stopped = true
  #pace = leastRest
  #failure: string | undefined

  constructor(options: StateSaverOptions) {
    this.#options = options
  }

  /** Milliseconds of blocks that a crash may cost: the rest between two saves and the save. */
  get pace(): number {
    return this.#pace
  }

  /** Why the last save failed; `undefined` when it did not. */
  get failure(): string | undefined {
    return this.#failure
  }

  start(): void {
    this.#stopped = false
    clearTimeout(this.#timer)
    this.#schedule(leastRest)
  }

  /** Waits for a save that is going on; none begins afterwards. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #schedule(rest: number): void {
    if (this.#stopped) return
    // A process that has nothing else to do may end.
    this.#timer = setTimeout(() => {
      this.#running = this.#turn().finally(() => {
        this.#running = undefined
      })
    }, rest).unref()
  }

  async #turn(): Promise<void> {
    const { mark, save, onFailure, onPace } = this.#options
    const begun = performance.now()
    let rest = leastRest
    try {
      const now = await mark()
      if (now !== this.#saved) {
        await save()
        // Blocks mined meanwhile have another mark.
        this.#saved = now
        const cost = performance.now() - begun
        rest = Math.max(leastRest, cost * (share - 1))
        const pace = rest + cost
        if (pace > 1_000 !== this.#pace > 1_000) onPace(pace)
        this.#pace = pace
      }
      if (this.#failure !== undefined) onFailure(undefined)
      this.#failure = undefined
    } catch (cause) {
      if (this.#failure === undefined && !this.#stopped) onFailure(cause)
      this.#failure = reasonOf(cause)
      rest = 2_000
    }
    this.#schedule(rest)
  }
}
