import pc from 'picocolors'
import { type Column, formatTable } from './formatTable.js'
import { colourMark, printable } from './printable.js'
import { type Surroundings, type TerminalStream, usesColour } from './surroundings.js'

export type Paint = ReturnType<typeof pc.createColors>

/** What a text may look like on one stream: its colours and its width. */
export interface Style {
  readonly paint: Paint
  /** Columns of the terminal; off a terminal as wide as needed. */
  readonly columns: number
  /** An aligned table that fits the width; see {@link formatTable}. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): string
}

/**
 * The same colours, with each code marked as ours until it is written; see {@link printable}. Codes that the painted text holds
 * itself are made harmless first.
 */
function marked(colours: Paint): Paint {
  if (!colours.isColorSupported) return colours
  const painters = Object.entries(colours).map(([name, colour]) => [
    name,
    typeof colour === 'function' ? (text: string) => colour(printable(text)).replaceAll('\u001b', colourMark) : colour,
  ])
  return Object.fromEntries(painters) as unknown as Paint
}

export function createStyle(stream: TerminalStream, environment: Surroundings['environment'], colour: boolean): Style {
  const paint = marked(pc.createColors(colour && usesColour(stream, environment)))
  // Text that goes to a file or another program is never cut.
  const columns = stream.isTTY === true ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY
  return {
    paint,
    columns,
    table: (titles, rows) => formatTable(titles, rows, { width: columns, title: (text) => paint.bold(text) }),
  }
}
