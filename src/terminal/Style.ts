import pc from 'picocolors'
import { type Column, formatTable } from './formatTable.js'
import { colourMark, printable } from './printable.js'
import { type Surroundings, type TerminalStream, usesColour } from './surroundings.js'

export type Paint = ReturnType<typeof pc.createColors>

/** Colours and width of texts on one stream. */
export interface Style {
  readonly paint: Paint
  /** Columns of the terminal; Infinity without a terminal. */
  readonly columns: number
  /** Formats an aligned table that fits the width; see {@link formatTable}. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): string
}

/**
 * The same colours, with each code marked as ours until it is written; see {@link printable}. Codes within the painted text
 * are made harmless first.
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
  // Text for a file or another program is never cut.
  const columns = stream.isTTY === true ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY
  return {
    paint,
    columns,
    table: (titles, rows) => formatTable(titles, rows, { width: columns, title: (text) => paint.bold(text) }),
  }
}
