import { formatDuration } from './formats.js'
import type { LiveLine } from './LiveLine.js'
import type { Paint } from './Style.js'
import { textWidth } from './textWidth.js'

/** The widest that fits is drawn; of few widths, so that it does not tremble with the length of the numbers. */
const barWidths = [20, 10] as const
/** Off a terminal a line is written each time this part of the work is done, and none of work that is done at once. */
const plainPart = 0.1
/** Milliseconds. A rate over less time is chance. */
const leastMeasured = 250

/** Tells how far a long work is: live on a terminal, a line a tenth elsewhere. */
export interface Progress {
  /**
   * The first call sets the clock: rate and time left are measured from it on, so that what comes before the first
   * unit of work, a program that is compiled, does not count as slowness. Call it with 0 where that can be told.
   *
   * @param facts what else is worth knowing now, for example `loss 1.234`
   */
  update(done: number, facts?: string): void
  /** Takes the live line away and leaves one that says what was reached. */
  finish(facts?: string): void
}

export interface ProgressOptions {
  readonly title: string
  readonly total: number
  /** What is counted, for the rate: `steps` unless given. */
  readonly unit?: string
}

export function createProgress(options: ProgressOptions, line: LiveLine, paint: Paint, quiet: boolean): Progress {
  const { title, total, unit = 'steps' } = options
  const started = performance.now()
  let first: { readonly done: number; readonly at: number } | undefined
  let done = 0
  let written = 0

  /** Units a millisecond, once enough of them have passed to tell. */
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

/** Two digits that count: a rate that flickers in its third tells nothing. */
function formatRate(perSecond: number): string {
  if (perSecond >= 9.95) return Math.round(perSecond).toLocaleString('en')
  return perSecond >= 0.1 ? perSecond.toFixed(1) : perSecond.toPrecision(1)
}
