import { clearLine, cursorTo, moveCursor } from 'node:readline'
import { PassThrough, Writable } from 'node:stream'
import type { Surroundings } from '../../src/terminal/surroundings.js'

/** Keeps what is written to it. */
class Capture extends Writable {
  text = ''
  readonly isTTY: boolean
  columns: number
  rows: number

  constructor(isTTY: boolean, columns: number, rows: number) {
    super({ decodeStrings: false })
    this.isTTY = isTTY
    this.columns = columns
    this.rows = rows
  }

  // What tty.WriteStream has besides, as control characters in the text.
  clearLine = (direction: -1 | 0 | 1): boolean => clearLine(this, direction)
  cursorTo = (x: number, y?: number): boolean => cursorTo(this, x, y)
  moveCursor = (x: number, y: number): boolean => moveCursor(this, x, y)

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk
    done()
  }
}

export interface FakeOptions {
  readonly terminal?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
}

/** Streams in memory and an environment of their own, as a terminal or not. */
export function fakeSurroundings({
  terminal = false,
  columns = 80,
  rows = 24,
  environment = {},
  cwd = '/',
}: FakeOptions = {}) {
  const stdout = new Capture(terminal, columns, rows)
  const stderr = new Capture(terminal, columns, rows)
  const stdin = Object.assign(new PassThrough(), { isTTY: terminal })
  return { stdin, stdout, stderr, environment, cwd } satisfies Surroundings
}
