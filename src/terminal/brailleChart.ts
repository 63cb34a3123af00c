/** Points in the plane that are drawn as dots or joined by lines. */
export interface Series {
  readonly points: readonly (readonly [x: number, y: number])[]
  readonly joined: boolean
}

export interface ChartSize {
  /** Characters; each is two dots wide and four dots high. */
  readonly columns: number
  readonly rows: number
  readonly x: readonly [from: number, to: number]
  readonly y: readonly [from: number, to: number]
}

/** Characters of one row that belong to the same series; blank where `series` is undefined. */
export interface Run {
  readonly text: string
  readonly series: number | undefined
}

/** The bit of each dot in a braille character, by row and column: dots 1 to 3 and 7 on the left, 4 to 6 and 8 on the right. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const
const blank = 0x2800

/**
 * Draws series in braille characters (Unicode 2800 to 28ff), later series above earlier ones. A character has one colour, so
 * that it shows only the last series with a dot in it. Points outside the range of y are drawn on its border.
 *
 * @returns rows from the top, each as runs of one series
 */
export function brailleChart(series: readonly Series[], size: ChartSize): Run[][] {
  const { columns, rows } = size
  const masks = new Uint8Array(columns * rows)
  const owner = new Int8Array(columns * rows).fill(-1)
  const width = 2 * columns
  const height = 4 * rows
  const place = (value: number, [from, to]: readonly [number, number], dotsAlong: number): number => {
    const part = to > from ? (value - from) / (to - from) : 0.5
    return Math.round(Math.min(1, Math.max(0, part)) * (dotsAlong - 1))
  }
  for (const [index, { points, joined }] of series.entries()) {
    const dot = (x: number, y: number): void => {
      const cell = (y >> 2) * columns + (x >> 1)
      if (owner[cell] !== index) {
        owner[cell] = index
        masks[cell] = 0
      }
      masks[cell] = (masks[cell] as number) | (dots[y & 3]?.[x & 1] as number)
    }
    let before: readonly [number, number] | undefined
    for (const [x, y] of points) {
      if (x < size.x[0] || x > size.x[1] || !Number.isFinite(y)) continue
      const at = [place(x, size.x, width), height - 1 - place(y, size.y, height)] as const
      for (const [dotX, dotY] of joined && before ? between(before, at) : [at]) dot(dotX, dotY)
      before = at
    }
  }
  return Array.from({ length: rows }, (_, row) => runs(row * columns, columns, masks, owner))
}

/** The dots of a straight line, both ends included. */
function* between(
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
): Generator<readonly [number, number]> {
  const steps = Math.max(1, Math.abs(toX - fromX), Math.abs(toY - fromY))
  for (let i = 0; i <= steps; i++)
    yield [Math.round(fromX + ((toX - fromX) * i) / steps), Math.round(fromY + ((toY - fromY) * i) / steps)]
}

function runs(start: number, columns: number, masks: Uint8Array, owner: Int8Array): Run[] {
  const row: { text: string; series: number | undefined }[] = []
  for (let cell = start; cell < start + columns; cell++) {
    const found = owner[cell] as number
    const series = found < 0 ? undefined : found
    const character = found < 0 ? ' ' : String.fromCharCode(blank + (masks[cell] as number))
    const last = row.at(-1)
    if (last && last.series === series) last.text += character
    else row.push({ text: character, series })
  }
  return row
}
