import { pad, textWidth, truncate } from './textWidth.js'

export interface Column {
  readonly title: string
  /** Alignment: words left, numbers right. */
  readonly align?: 'left' | 'right'
  /** The column may be cut on a narrow terminal. The table cuts its longest such column first. */
  readonly shrink?: boolean
}

export interface TableStyle {
  /** Columns of the terminal. */
  readonly width: number
  /** Paints a title. */
  readonly title: (text: string) => string
}

const gap = '  '
const leastWidth = 6

/**
 * Formats an aligned table: a title line, then one line per row, without frames.
 *
 * If the table would be wider than the terminal, `shrink` columns are cut with an ellipsis, the longest first.
 * Other columns are never cut.
 *
 * @example
 * formatTable([{ title: 'who' }, { title: 'share', align: 'right' }], [['mara', '61 %']], { width: 80, title: bold })
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: TableStyle,
): string {
  // A line break inside a cell would look like a row of its own.
  const flat = rows.map((row) => row.map((cell) => cell.replaceAll('\n', '⏎').replaceAll('\t', ' ')))
  const widths = columns.map(({ title }, column) =>
    Math.max(textWidth(title), ...flat.map((row) => textWidth(row[column] ?? ''))),
  )
  shrinkToFit(columns, widths, style.width)
  const line = (cells: readonly string[], paint: (text: string) => string): string =>
    columns
      .map(({ align = 'left' }, index) => {
        const width = widths[index] ?? 0
        return paint(pad(truncate(cells[index] ?? '', width), width, align))
      })
      .join(gap)
      .trimEnd()
  const titles = line(
    columns.map(({ title }) => title),
    style.title,
  )
  return [titles, ...flat.map((row) => line(row, (text) => text))].join('\n')
}

function shrinkToFit(columns: readonly Column[], widths: number[], available: number): void {
  let surplus = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1)) - available
  while (surplus > 0) {
    let longest = -1
    for (const [index, { shrink }] of columns.entries()) {
      const width = widths[index] ?? 0
      if (shrink === true && width > leastWidth && (longest < 0 || width > (widths[longest] ?? 0))) longest = index
    }
    if (longest < 0) return
    widths[longest] = (widths[longest] ?? 0) - 1
    surplus--
  }
}
