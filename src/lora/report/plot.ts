import { html, Markup } from './markup.js'

type Point = readonly [x: number, y: number]

export interface PlotSeries {
  readonly name: string
  /** The class of the style sheet that sets the colour. */
  readonly look: 'faint' | 'strong' | 'held'
  readonly points: readonly Point[]
  /** Whether to draw marks joined by a line, for few points. */
  readonly marked?: boolean
}

export interface PlotOptions {
  readonly title: string
  readonly caption?: string
  readonly series: readonly PlotSeries[]
  readonly format: (value: number) => string
  /** Whether the scale begins at 0. */
  readonly fromZero?: boolean
  readonly large?: boolean
}

/** Units of the drawing, which is stretched to the width of the page, while text and strokes keep their size. */
const width = 1000
const height = 400
/** Maximum points per curve, so that a report of 100 000 steps loads as fast as one of 1000. */
const most = 600

/** Renders a figure: title, legend, curves over the steps, and a scale on each axis. */
export function plot({ title, caption, series, format, fromZero = false, large = false }: PlotOptions): Markup {
  const points = series.flatMap((each) => each.points).filter(([, y]) => Number.isFinite(y))
  const [low, high] = extent(points.map(([, y]) => y))
  const [first, last] = extent(points.map(([x]) => x))
  const values = ticks(fromZero ? Math.min(0, low) : low, high, large ? 5 : 3)
  const bottom = Math.min(values[0] ?? low, fromZero ? 0 : low)
  const top = Math.max(values.at(-1) ?? high, high)
  const across = (x: number): number => (last > first ? (x - first) / (last - first) : 0.5)
  const up = (y: number): number => (top > bottom ? (y - bottom) / (top - bottom) : 0.5)
  const path = (drawn: readonly Point[]): string =>
    drawn.map(([x, y]) => `${(across(x) * width).toFixed(1)},${((1 - up(y)) * height).toFixed(1)}`).join(' ')
  const steps = ticks(first, last, large ? 8 : 4).filter((x) => Number.isInteger(x) && x >= first && x <= last)
  return html`<figure class="${large ? 'plot large' : 'plot'}">
<figcaption><span class="name">${title}</span>${large ? legend(series) : undefined}${caption === undefined ? undefined : html`<span class="note">${caption}</span>`}</figcaption>
<div class="frame">
<div class="up" aria-hidden="true">${values.map((y) => html`<span style="top:${percent(1 - up(y))}">${format(y)}</span>`)}</div>
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${`${title} over the steps`}">
${values.map((y) => new Markup(`<line class="grid" x1="0" x2="${width}" y1="${((1 - up(y)) * height).toFixed(1)}" y2="${((1 - up(y)) * height).toFixed(1)}"/>`))}
${series.map(({ look, points: all, marked = false }) => {
  const drawn = thinned(all.filter(([, y]) => Number.isFinite(y)))
  const marks = marked
    ? drawn.map(
        (point) =>
          html`<polyline class="mark ${look}" points="${path([point, point])}"><title>${`step ${point[0]}: ${format(point[1])}`}</title></polyline>`,
      )
    : []
  return html`<polyline class="${look}" points="${path(drawn)}"/>${marks}`
})}
</svg>
<div class="across" aria-hidden="true">${steps.map((x) => html`<span style="left:${percent(across(x))}">${x.toLocaleString('en')}</span>`)}</div>
</div>
</figure>`
}

const legend = (series: readonly PlotSeries[]): Markup =>
  html`<span class="legend">${series.map(({ name, look }) => html`<span class="${look}">${name}</span>`)}</span>`

const percent = (part: number): string => `${(100 * part).toFixed(2)}%`

function extent(values: readonly number[]): readonly [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return low <= high ? [low, high] : [0, 1]
}

/** About `count` round numbers that span a range, with steps of 1, 2 or 5 times a power of ten. */
function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low]
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10)
  const from = Math.floor(low / step + 1e-9)
  const to = Math.ceil(high / step - 1e-9)
  return Array.from({ length: to - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(12)))
}

/** Thins a long curve to the lowest and the highest point of equal parts, so that no peak is lost. */
function thinned(points: readonly Point[]): readonly Point[] {
  if (points.length <= most) return points
  const size = Math.ceil((2 * points.length) / most)
  const kept: Point[] = []
  for (let start = 0; start < points.length; start += size) {
    const part = points.slice(start, start + size)
    const by = (a: Point, b: Point): number => a[1] - b[1]
    const [lowest, highest] = [
      part.reduce((a, b) => (by(a, b) <= 0 ? a : b)),
      part.reduce((a, b) => (by(a, b) >= 0 ? a : b)),
    ]
    kept.push(...[lowest, highest].sort((a, b) => a[0] - b[0]))
  }
  return kept
}
