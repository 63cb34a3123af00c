/** What a part of a character decodes to. */
const replacement = '\uFFFD'

interface TextStreamOptions {
  readonly decode: (ids: readonly number[]) => string
  /** Texts that end the answer; they are not part of it. */
  readonly stop?: readonly string[]
  /** Called with the text that was added: whole characters, and nothing that may be the beginning of a stop text. */
  readonly onText?: ((added: string) => void) | undefined
}

/** Makes text of tokens while they come; each token costs the same however long the text is. */
export class TextStream {
  readonly #decode: TextStreamOptions['decode']
  readonly #stop: readonly string[]
  readonly #onText: TextStreamOptions['onText']
  readonly #ids: number[] = []
  /** Tokens whose text is known, and where the few before them begin that decide how the next is written. */
  #known = 0
  #context = 0
  #told = ''
  #held = ''
  #stopped = false

  constructor({ decode, stop = [], onText }: TextStreamOptions) {
    this.#decode = decode
    this.#stop = stop
    this.#onText = onText
  }

  /** Whether a stop text has come: nothing is added any more. */
  get stopped(): boolean {
    return this.#stopped
  }

  push(id: number): void {
    this.#ids.push(id)
    const before = this.#decode(this.#ids.slice(this.#context, this.#known))
    const now = this.#decode(this.#ids.slice(this.#context))
    // A character whose bytes span tokens is shown once it is whole.
    if (now.length <= before.length || now.endsWith(replacement)) return
    this.#context = this.#known
    this.#known = this.#ids.length
    this.#add(now.slice(before.length))
  }

  /** Tells what was held back, and returns the whole text. */
  finish(): string {
    if (!this.#stopped) {
      const whole = this.#decode(this.#ids)
      const rest = whole.startsWith(this.#told) ? whole.slice(this.#told.length) : this.#held
      this.#held = ''
      this.#add(rest, true)
    }
    return this.#told
  }

  #add(text: string, last = false): void {
    if (this.#stopped) return
    const pending = this.#held + text
    const found = this.#stop.map((stop) => pending.indexOf(stop)).filter((at) => at >= 0)
    this.#stopped = found.length > 0
    const end = this.#stopped
      ? Math.min(...found)
      : last
        ? pending.length
        : pending.length - this.#stopBeginning(pending)
    this.#held = pending.slice(end)
    if (end > 0) {
      this.#told += pending.slice(0, end)
      this.#onText?.(pending.slice(0, end))
    }
  }

  /** Characters at the end that a stop text begins with. */
  #stopBeginning(text: string): number {
    let longest = 0
    for (const stop of this.#stop)
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--)
        if (text.endsWith(stop.slice(0, length))) longest = length
    return longest
  }
}
