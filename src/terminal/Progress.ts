import { formatDuration } from './formats.js'
import type { LiveLine } from './LiveLine.js'
import type { Paint } from './Style.js'
import { textWidth } from './textWidth.js'

/** Widths of the bar; the widest that fits is drawn. There are few, so that the bar does not jitter with the length of the numbers. */
const barWidths = [20, 10] as const
/** Without a terminal, a line is written after each such part of the work, and none for work that is done at once. */
const plainPart = 0.1
/** Milliseconds over which a rate is measured at least; shorter times give random rates. */
const leastMeasured = 250

/** Shows the progress of long work: live on a terminal, otherwise a line for each tenth. */
export interface Progress {
  /**
   * Shows how much is done. Rate and remaining time are measured from the first call, so that preparations such as
   * compiling a program do not count as slowness. Call it with 0 when the preparations are done.
   *
   * @param facts other current values, such as `loss 1.234`
   */
  update(done: number, facts?: string): void
  /** Replaces the live line by a line with the final state. */
  finish(facts?: string): void
}

export interface ProgressOptions {
  readonly title: string
  readonly total: number
  /** The unit of the rate, by default `steps`. */
  readonly unit?: string
}

export function createProgress(options: ProgressOptions, line: LiveLine, paint: Paint, quiet: boolean): Progress {
  const { title, total, unit = 'steps' } = options
  const started = performance.now()
  let first: { readonly done: number; readonly at: number } | undefined
  let done = 0
  let written = 0

  /** Units per millisecond; undefined until enough time has passed. */
  const rate = (): number | undefined => {
    if (first === undefined || done <= first.done) return undefined
    const spent = performance.now() - first.at
    return spent < leastMeasured ? undefined : (done - first.done) / spent
  }
  const speed = (perMillisecond: number | undefined): string =>
    perMillisecond === undefined ? '' : `${formatRate(1000 * perMillisecond)} ${unit}/s`
  const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('  ')

  return {
    update(now, facts = '') {
      done = now
      first ??= { done, at: performance.now() }
      if (quiet) return
      const measured = rate()
      const left = measured === undefined || done >= total ? '' : `${formatDuration((total - done) / measured)} left`
      const text = joined([title, `${done}/${total}`, facts, speed(measured), left])
      if (line.animated) {
        line.show(joined([bar(done / total, line.columns - textWidth(text) - 2, paint), text]))
      } else if (measured !== undefined && done < total && done - written >= total * plainPart) {
        written = done
        line.write(text)
      }
    },
    finish(facts = '') {
      line.clear()
      if (quiet) return
      const sign = done < total ? '' : `${paint.green('✔')} `
      const took = formatDuration(performance.now() - started)
      line.write(`${sign}${title}  ${joined([`${done}/${total}`, facts, speed(rate()), paint.dim(took)])}`)
    },
  }
}

function bar(part: number, room: number, paint: Paint): string {
  const width = barWidths.find((each) => each <= room)
  if (width === undefined) return ''
  const full = Math.round(width * Math.min(1, part))
  return paint.cyan('█'.repeat(full)) + paint.dim('░'.repeat(width - full))
}

/** Shows at most two significant digits below 10, because further digits only flicker. */
function formatRate(perSecond: number): string {
  if (perSecond >= 9.95) return Math.round(perSecond).toLocaleString('en')
  return perSecond >= 0.1 ? perSecond.toFixed(1) : perSecond.toPrecision(1)
}
