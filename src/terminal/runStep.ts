import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { formatDuration } from './formats.js'
import type { LiveLine } from './LiveLine.js'
import { printable } from './printable.js'
import type { Paint } from './Style.js'
import type { TerminalStream } from './surroundings.js'

/** Without a terminal, a step that takes longer (milliseconds) is announced, so that a log shows what is running. */
const announceAfter = 2000

export interface StepOptions {
  readonly stream: TerminalStream
  readonly line: LiveLine
  readonly paint: Paint
  readonly quiet: boolean
}

/**
 * Runs one step of a command, with a spinner on a terminal, and then writes one line with the outcome and the time.
 */
export async function runStep<Value>(title: string, work: () => Promise<Value>, options: StepOptions): Promise<Value> {
  const { line, paint, quiet } = options
  if (quiet) return work()
  const started = performance.now()
  const stop = line.animated ? await startSpinner(title, options) : announceLater(title, line)
  const end = (sign: string): void => {
    stop()
    line.write(`${sign} ${title}  ${paint.dim(formatDuration(performance.now() - started))}`)
  }
  try {
    const value = await work()
    end(paint.green('✔'))
    return value
  } catch (error) {
    // An exit code of 0 means that nothing was left to do, which is not a failure.
    end(OpenLedgerError.is(error) && error.exitCode === 0 ? paint.dim('–') : paint.red('✖'))
    throw error
  }
}

async function startSpinner(text: string, { stream, line }: StepOptions): Promise<() => void> {
  const { default: ora } = await import('ora')
  // By default ora would read the keyboard, including Ctrl-C.
  const spinner = ora({
    text: printable(text),
    stream: stream as NodeJS.WritableStream,
    discardStdin: false,
    isEnabled: true,
  }).start()
  line.attach(spinner)
  return () => {
    spinner.stop()
    line.detach()
  }
}

function announceLater(title: string, line: LiveLine): () => void {
  const timer = setTimeout(() => line.write(`… ${title}`), announceAfter).unref()
  return () => clearTimeout(timer)
}
