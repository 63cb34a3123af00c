import { formatDuration } from './formats.js'
import type { LiveLine } from './LiveLine.js'
import type { Paint } from './Style.js'

const barWidth = 20
/** Off a terminal a line is written each time this part of the work is done. */
const plainPart = 0.1

/** Tells how far a long work is: live on a terminal, a line a tenth elsewhere. */
export interface Progress {
  /** @param facts what else is worth knowing now, for example `loss 1.234` */
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
  let done = 0
  let written = 0

  const rateOf = (milliseconds: number): string => {
    const perSecond = (done / milliseconds) * 1000
    return `${perSecond >= 100 ? Math.round(perSecond) : perSecond.toPrecision(2)} ${unit}/s`
  }
  const counted = (facts: string): string[] => [title, `${done}/${total}`, facts].filter((part) => part !== '')

  return {
    update(now, facts = '') {
      done = now
      if (quiet || done <= 0) return
      const spent = performance.now() - started
      const left = formatDuration(total > done ? (spent / done) * (total - done) : 0)
      const parts = [...counted(facts), rateOf(spent), `${left} left`]
      if (line.animated) {
        const full = Math.round(barWidth * Math.min(1, done / total))
        const bar = paint.cyan('█'.repeat(full)) + paint.dim('░'.repeat(barWidth - full))
        line.show([bar, ...parts].join('  '))
      } else if (done < total && done - written >= total * plainPart) {
        written = done
        line.write(parts.join('  '))
      }
    },
    finish(facts = '') {
      line.clear()
      if (quiet) return
      const spent = performance.now() - started
      const speed = done > 0 ? [rateOf(spent)] : []
      line.write([...counted(facts), ...speed, formatDuration(spent)].join('  '))
    },
  }
}
