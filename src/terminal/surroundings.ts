import type { Readable, Writable } from 'node:stream'

/** A stream that may be a terminal. */
export type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }

/** What a command line program is given by the one who starts it; a test gives its own. */
export interface Surroundings {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: TerminalStream
  readonly stderr: TerminalStream
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** The script that Node was started with. */
  readonly script?: string | undefined
}

type Environment = Surroundings['environment']

/** Set, and not one of the ways to write "off". */
const on = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false'].includes(value)

/** Whether colours go to a stream: NO_COLOR forbids, FORCE_COLOR demands, else a terminal that is not dumb gets them. */
export function usesColour(stream: TerminalStream, environment: Environment): boolean {
  // By no-color.org any value that is not empty forbids.
  if ((environment['NO_COLOR'] ?? '') !== '') return false
  if (environment['FORCE_COLOR'] !== undefined) return on(environment['FORCE_COLOR'])
  return stream.isTTY === true && environment['TERM'] !== 'dumb'
}

/** Whether lines may be redrawn on a stream: a terminal that is not dumb, and nobody's CI log. */
export function usesAnimation(stream: TerminalStream, environment: Environment): boolean {
  return stream.isTTY === true && environment['TERM'] !== 'dumb' && !on(environment['CI'])
}
