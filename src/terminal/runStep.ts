import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { formatDuration } from './formats.js'
import type { LiveLine } from './LiveLine.js'
import { printable } from './printable.js'
import type { Paint } from './Style.js'
import type { TerminalStream } from './surroundings.js'

/** Off a terminal a step that takes longer (milliseconds) is announced, so that a log shows what is going on. */
const announceAfter = 2000

export interface StepOptions {
  readonly stream: TerminalStream
  readonly line: LiveLine
  readonly paint: Paint
  readonly quiet: boolean
}

/**
 * Runs one step of a command: a spinner on a terminal, then one line with how it ended and how long it took.
 *
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
    // Where nothing is left to do nothing went wrong.
    end(OpenLedgerError.is(error) && error.exitCode === 0 ? paint.dim('–') : paint.red('✖'))
    throw error
  }
}

async function startSpinner(text: string, { stream, line }: StepOptions): Promise<() => void> {
  const { default: ora } = await import('ora')
  // Ora would otherwise read the keyboard, and Ctrl-C with it.
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
