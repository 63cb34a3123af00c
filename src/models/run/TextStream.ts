/** The character that an incomplete UTF-8 sequence decodes to. */
const replacement = '\uFFFD'

interface TextStreamOptions {
  readonly decode: (ids: readonly number[]) => string
  /** Texts that end the answer; they are not part of it. */
  readonly stop?: readonly string[]
  /** Called with added text: whole characters, and nothing that may be the beginning of a stop text. */
  readonly onText?: ((added: string) => void) | undefined
}

/** Decodes tokens to text as they arrive; the cost per token does not grow with the text. */
export class TextStream {
  readonly #decode: TextStreamOptions['decode']
  readonly #stop: readonly string[]
  readonly #onText: TextStreamOptions['onText']
  readonly #ids: number[] = []
  /** Number of tokens whose text is known. */
  #known = 0
  /** Index of the first token of the context that the next token is decoded with. */
  #context = 0
  #emitted = ''
  #held = ''
  #stopped = false

  constructor({ decode, stop = [], onText }: TextStreamOptions) {
    this.#decode = decode
    this.#stop = stop
    this.#onText = onText
  }

  /** Whether a stop text was found, after which nothing is added. */
  get stopped(): boolean {
    return this.#stopped
  }

  push(id: number): void {
    this.#ids.push(id)
    const before = this.#decode(this.#ids.slice(this.#context, this.#known))
    const now = this.#decode(this.#ids.slice(this.#context))
    // A character whose bytes span tokens is emitted when it is complete.
    if (now.length <= before.length || now.endsWith(replacement)) return
    this.#context = this.#known
    this.#known = this.#ids.length
    this.#add(now.slice(before.length))
  }

  /** Emits the text held back, and returns the whole text. */
  finish(): string {
    if (!this.#stopped) {
      const whole = this.#decode(this.#ids)
      const rest = whole.startsWith(this.#emitted) ? whole.slice(this.#emitted.length) : this.#held
      this.#held = ''
      this.#add(rest, true)
    }
    return this.#emitted
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
      this.#emitted += pending.slice(0, end)
      this.#onText?.(pending.slice(0, end))
    }
  }

  /** Number of characters at the end that may begin a stop text. */
  #stopBeginning(text: string): number {
    let longest = 0
    for (const stop of this.#stop)
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--)
        if (text.endsWith(stop.slice(0, length))) longest = length
    return longest
  }
}
