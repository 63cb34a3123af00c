import type { Readable, Writable } from 'node:stream'

/** A stream that may be a terminal. */
export type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }

/** The surroundings of a command line program: streams, environment, folder. Tests pass their own. */
export interface Surroundings {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: TerminalStream
  readonly stderr: TerminalStream
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** The script that Node runs. */
  readonly script?: string | undefined
}

type Environment = Surroundings['environment']

/** Whether a variable is set, and not to a way to write "off". */
const on = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false'].includes(value)

/** Whether a stream gets colours. NO_COLOR forbids and FORCE_COLOR forces them; otherwise a terminal that is not dumb gets them. */
export function usesColour(stream: TerminalStream, environment: Environment): boolean {
  // no-color.org: any value that is not empty forbids colours.
  if ((environment['NO_COLOR'] ?? '') !== '') return false
  if (environment['FORCE_COLOR'] !== undefined) return on(environment['FORCE_COLOR'])
  return stream.isTTY === true && environment['TERM'] !== 'dumb'
}

/** Whether lines may be redrawn on a stream: only on a terminal that is not dumb, and not in CI. */
export function usesAnimation(stream: TerminalStream, environment: Environment): boolean {
  return stream.isTTY === true && environment['TERM'] !== 'dumb' && !on(environment['CI'])
}
