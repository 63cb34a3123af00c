import type { Ora } from 'ora'
import { printable } from './printable.js'
import type { TerminalStream } from './surroundings.js'
import { truncate } from './textWidth.js'

const eraseLine = '\r\u001b[2K'
/** Milliseconds. Faster the eye sees no difference, and a slow terminal would hold the work up. */
const leastInterval = 80

/** What draws more than one line at the end of the terminal, and so has to make room for others itself. */
export interface LiveView {
  /** Writes a line above. */
  write(line: string): void
  /** Ends the view; what it shows may stay. */
  close(): void
}

/**
 * The last line of a terminal, redrawn in place, with other lines written above it.
 * Without animation it draws nothing and only writes the other lines.
 */
export class LiveLine {
  readonly animated: boolean
  readonly #stream: TerminalStream
  #text = ''
  #drawnAt = Number.NEGATIVE_INFINITY
  #spinner: Ora | undefined
  #view: LiveView | undefined

  constructor(stream: TerminalStream, animated: boolean) {
    this.#stream = stream
    this.animated = animated
  }

  /** Less than there are: a full line, or the `^C` that a terminal puts behind it, would move the cursor to the next. */
  get columns(): number {
    return (this.#stream.columns ?? 80) - 3
  }

  /** Writes a line above the live one. A running spinner makes room for it by itself. */
  write(text: string): void {
    const line = printable(text)
    if (this.#view !== undefined) {
      this.#view.write(line)
      return
    }
    const drawn = this.#spinner === undefined && this.#text !== ''
    this.#stream.write(drawn ? `${eraseLine}${line}\n${this.#fitted()}` : `${line}\n`)
  }

  /** Shows a text in place; one that follows another too soon is passed over. */
  show(text: string): void {
    const now = performance.now()
    if (!this.animated || now - this.#drawnAt < leastInterval) return
    this.#drawnAt = now
    this.#text = text
    if (this.#spinner === undefined) this.#stream.write(eraseLine + this.#fitted())
    else {
      this.#spinner.suffixText = printable(text)
      // Tensor programs block the event loop, so that the spinner's own timer may never come to its turn.
      this.#spinner.render()
    }
  }

  clear(): void {
    this.#view?.close()
    this.#view = undefined
    if (this.#spinner !== undefined) this.#spinner.suffixText = ''
    else if (this.#text !== '') this.#stream.write(eraseLine)
    this.#text = ''
    this.#drawnAt = Number.NEGATIVE_INFINITY
  }

  /** While a spinner runs the last line is its own, and live texts stand behind its title. */
  attach(spinner: Ora): void {
    this.clear()
    this.#spinner = spinner
  }

  detach(): void {
    this.#spinner = undefined
    this.clear()
  }

  /** Draws nothing until the function that it returns is called: somebody is asked something. */
  hold(): () => void {
    const spinner = this.#spinner
    if (spinner === undefined) this.clear()
    else spinner.stop()
    return () => {
      if (this.#spinner === spinner) spinner?.start()
    }
  }

  /** Until it is closed a view has the end of the terminal to itself. */
  hand(view: LiveView): void {
    this.clear()
    this.#view = view
  }

  #fitted(): string {
    return printable(truncate(this.#text, this.columns))
  }
}
