import { createInterface } from 'node:readline'
import { printable } from './printable.js'
import type { Surroundings } from './surroundings.js'

/** The lines that a user says one after the other. */
export interface Turns {
  /** Whether there is somebody at a keyboard. */
  readonly interactive: boolean
  /** The next line; undefined at the end of the input. */
  next(prompt: string): Promise<string | undefined>
  /** Draws the prompt once more, after something was written below it. */
  again(): void
  /** What Ctrl-C does from now on; where nobody is at a keyboard it ends the process as ever. */
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
  // The keyboard's Ctrl-C comes here instead of to the process.
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
      // What was typed so far is given up with the Ctrl-C that led here.
      reader.write(null, { ctrl: true, name: 'e' })
      reader.write(null, { ctrl: true, name: 'u' })
      reader.prompt()
    },
    close: () => reader.close(),
  }
}
