import type { Ora } from 'ora'
import { printable } from './printable.js'
import type { TerminalStream } from './surroundings.js'
import { truncate } from './textWidth.js'

const eraseLine = '\r\u001b[2K'
/** Milliseconds between two drawings. The eye sees no faster changes, and a slow terminal would hold up the work. */
const leastInterval = 80

/** A view of several lines at the end of the terminal, which makes room for other lines itself. */
export interface LiveView {
  /** Writes a line above the view. */
  write(line: string): void
  /** Ends the view. Its last frame may stay. */
  close(): void
}

/**
 * The last line of a terminal, which is redrawn in place, with other lines written above it.
 * Without animation the class only writes the other lines.
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

  /** Columns to use. They are fewer than the terminal has, because a full line, or a `^C` after it, would wrap. */
  get columns(): number {
    return (this.#stream.columns ?? 80) - 3
  }

  /** Writes a line above the live one. A running spinner makes room for the line by itself. */
  write(text: string): void {
    const line = printable(text)
    if (this.#view !== undefined) {
      this.#view.write(line)
      return
    }
    const drawn = this.#spinner === undefined && this.#text !== ''
    this.#stream.write(drawn ? `${eraseLine}${line}\n${this.#fitted()}` : `${line}\n`)
  }

  /** Shows a text in place. A text that follows another too soon is skipped. */
  show(text: string): void {
    const now = performance.now()
    if (!this.animated || now - this.#drawnAt < leastInterval) return
    this.#drawnAt = now
    this.#text = text
    if (this.#spinner === undefined) this.#stream.write(eraseLine + this.#fitted())
    else {
      this.#spinner.suffixText = printable(text)
      // Tensor programs block the event loop, so that the spinner's own timer may never fire.
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

  /** Gives the last line to a running spinner; live texts then follow its title. */
  attach(spinner: Ora): void {
    this.clear()
    this.#spinner = spinner
  }

  detach(): void {
    this.#spinner = undefined
    this.clear()
  }

  /** Stops drawing while the user answers a question. The returned function resumes it. */
  hold(): () => void {
    const spinner = this.#spinner
    if (spinner === undefined) this.clear()
    else spinner.stop()
    return () => {
      if (this.#spinner === spinner) spinner?.start()
    }
  }

  /** Gives the end of the terminal to a view until the view is closed. */
  hand(view: LiveView): void {
    this.clear()
    this.#view = view
  }

  #fitted(): string {
    return printable(truncate(this.#text, this.columns))
  }
}
