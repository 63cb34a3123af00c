import { PassThrough } from 'node:stream'
import { render } from 'ink'
import { formatDuration } from './formats.js'
import type { LiveLine } from './LiveLine.js'
import type { Paint } from './Style.js'
import type { TerminalStream } from './surroundings.js'
import type { TrainingDisplay } from './TrainingDisplay.js'
import { TrainingFrame } from './TrainingFrame.js'
import { TrainingProgress, type TrainingStart } from './TrainingProgress.js'

/** Milliseconds between two frames: numbers that change faster cannot be read. */
const interval = 200
/** Share of the time that drawing may take: it is taken from the training. */
const drawingShare = 0.02

/**
 * Draws a training on a terminal. ONNX Runtime blocks the event loop while a step computes, so frames are drawn between
 * steps, by the call that tells of one, and never by a timer.
 */
export function liveTraining(
  start: TrainingStart,
  stream: TerminalStream,
  line: LiveLine,
  paint: Paint,
): TrainingDisplay {
  const progress = new TrainingProgress(start.steps)
  const notes: string[] = []
  const started = performance.now()
  let nextAt = started
  let ended: string | undefined
  const frame = () => {
    const { columns = 80, rows = 24 } = stream
    return <TrainingFrame {...{ start, progress, notes: [...notes], ended, columns, rows, paint }} />
  }
  const ink = render(frame(), {
    stdout: stream as unknown as NodeJS.WriteStream,
    // Nothing is read, so that the keyboard stays the shell's and Ctrl-C a signal.
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    exitOnCtrlC: false,
    patchConsole: false,
  })
  const resize = (): void => ink.rerender(frame())
  stream.on('resize', resize)
  line.hand({
    write(text) {
      notes.push(text)
      ink.rerender(frame())
    },
    // Ended from outside: an error follows, and the last frame stays above it.
    close() {
      stream.off('resize', resize)
      ended ??= 'stopped'
      ink.rerender(frame())
      ink.unmount()
    },
  })
  const draw = (): void => {
    const from = performance.now()
    if (from < nextAt) return
    ink.rerender(frame())
    nextAt = from + Math.max(interval, (performance.now() - from) / drawingShare)
  }
  return {
    step(facts) {
      progress.step(facts)
      draw()
    },
    evaluation(step, loss) {
      progress.evaluation(step, loss)
      draw()
    },
    past: (step, loss, meanLoss) => progress.past(step, loss, meanLoss),
    finish() {
      const took = formatDuration(performance.now() - started)
      ended = progress.latest === undefined ? 'nothing left to do' : `done in ${took}`
      line.clear()
    },
  }
}
