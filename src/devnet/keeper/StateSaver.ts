import { reasonOf } from '../../files/reasonOf.js'

/** Milliseconds between two saves. Together with a quick save this is less than a second. */
const leastRest = 400
/** Saves take at most 1/share of the time, so that a longer rest follows a slow save. */
const share = 10

export interface StateSaverOptions {
  /** A text that changes when there is something to save: the hashes of both heads. */
  readonly mark: () => Promise<string>
  readonly save: () => Promise<void>
  /** Called when a save fails, and with `undefined` when the first save after that succeeds. */
  readonly onFailure: (cause: unknown) => void
  /** Called when the time between saves exceeds a second, and when it no longer does. */
  readonly onPace: (milliseconds: number) => void
}

/**
 * Saves the chains whenever they have changed, often enough that a crash costs at most a second of blocks. Saving large
 * chains takes longer and then happens less often, so that it takes at most a tenth of the time.
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

  /** Why the last save failed; `undefined` when it succeeded. */
  get failure(): string | undefined {
    return this.#failure
  }

  start(): void {
    this.#stopped = false
    clearTimeout(this.#timer)
    this.#schedule(leastRest)
  }

  /** Waits for a running save. No save begins afterwards. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #schedule(rest: number): void {
    if (this.#stopped) return
    // The timer alone does not keep the process alive.
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
        // Blocks that were mined during the save change the mark again.
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
