import { createInterface } from 'node:readline'
import { printable } from './printable.js'
import type { Surroundings } from './surroundings.js'

/** The lines of a conversation that the user types. */
export interface Turns {
  /** Whether the user types on a terminal. */
  readonly interactive: boolean
  /** The next line; undefined at the end of the input. */
  next(prompt: string): Promise<string | undefined>
  /** Draws the prompt again after other output. */
  again(): void
  /** Sets what Ctrl-C does on a terminal. Without a terminal it ends the process as usual. */
  onInterrupt(handler: () => void): void
  close(): void
}

/** Reads lines from a terminal, with editing and history, or from a pipe or file. */
export function readTurns({ stdin, stderr }: Pick<Surroundings, 'stdin' | 'stderr'>): Turns {
  const interactive = stdin.isTTY === true && stderr.isTTY === true
  const reader = createInterface({ input: stdin, ...(interactive && { output: stderr, terminal: true }) })
  const lines: string[] = []
  let waiting: ((line: string | undefined) => void) | undefined
  let ended = false
  let interrupt = (): void => undefined
  const give = (line: string | undefined): void => {
    const to = waiting
    waiting = undefined
    to?.(line)
  }
  reader.on('line', (line) => {
    if (waiting === undefined) lines.push(line)
    else give(line)
  })
  reader.on('close', () => {
    ended = true
    give(undefined)
  })
  // On a terminal Ctrl-C reaches readline instead of the process.
  reader.on('SIGINT', () => interrupt())
  return {
    interactive,
    next(prompt) {
      const [line] = lines.splice(0, 1)
      if (line !== undefined) return Promise.resolve(line)
      if (ended) return Promise.resolve(undefined)
      if (interactive) {
        reader.setPrompt(printable(prompt))
        reader.prompt()
      }
      return new Promise((resolve) => {
        waiting = resolve
      })
    },
    onInterrupt(handler) {
      interrupt = handler
    },
    again() {
      // The Ctrl-C before this call discards the text that the user has typed.
      reader.write(null, { ctrl: true, name: 'e' })
      reader.write(null, { ctrl: true, name: 'u' })
      reader.prompt()
    },
    close: () => reader.close(),
  }
}
