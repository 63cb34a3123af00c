import { PassThrough } from 'node:stream'
import { render } from 'ink'
import { formatDuration } from './formats.js'
import type { LiveLine } from './LiveLine.js'
import type { Paint } from './Style.js'
import type { TerminalStream } from './surroundings.js'
import type { TrainingDisplay } from './TrainingDisplay.js'
import { TrainingFrame } from './TrainingFrame.js'
import { TrainingProgress, type TrainingStart } from './TrainingProgress.js'

/** Milliseconds between two frames; nobody can read numbers that change faster. */
const interval = 200
/** Largest share of the time for drawing, which the training loses. */
const drawingShare = 0.02

/**
 * Draws a training on a terminal. ONNX Runtime blocks the event loop while a step computes. So the calls that report a step
 * draw the frames, and no timer does.
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
    // Ink reads an empty stream, so that Ctrl-C stays a signal.
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
    // An error follows, and the last frame stays above it.
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
