import type { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { LiveLine } from './LiveLine.js'
import { createProgress, type Progress, type ProgressOptions } from './Progress.js'
import { printable } from './printable.js'
import { errorDocument, renderError } from './renderError.js'
import { renderJson } from './renderJson.js'
import { runStep } from './runStep.js'
import { createShell } from './Shell.js'
import { createStyle, type Style } from './Style.js'
import { type Surroundings, usesAnimation } from './surroundings.js'
import { plainTraining, type TrainingDisplay } from './TrainingDisplay.js'
import type { TrainingStart } from './TrainingProgress.js'

export interface OutputOptions {
  /** Write one JSON document to stdout instead of text. */
  readonly json: boolean
  /** Write only warnings and errors to stderr. */
  readonly quiet: boolean
  /** Show stacks and causes of errors. */
  readonly verbose: boolean
  /** False forbids colours; otherwise the stream and the environment decide. */
  readonly colour: boolean
}

/** Smallest terminal for a live view; a smaller one shows one line. */
const leastLive = { columns: 30, rows: 8 }

/** The only way in which a command prints: one result on stdout, everything else on stderr. */
export interface Output {
  readonly json: boolean
  /** Style for stderr. `result` passes the style for stdout to its renderer. */
  readonly style: Style
  /**
   * Prints the result of the command, once in a run.
   *
   * @param data printed as `{"ok":true,"data":…}` with --json; amounts are bigint with their unit in the key (`amountWei`)
   * @param render makes the same as text; it may be empty when the failure says everything
   * @param failure the result is complete but negative: `{"ok":false,"error":…,"data":…}` and the exit code of the error
   */
  result<Data>(data: Data, render: (data: Data, style: Style) => string, failure?: OpenLedgerError): void
  /** Writes a part of the result as soon as it exists. With --json it writes nothing, because one document follows at the end. */
  part(text: string): void
  heading(text: string): void
  note(text: string): void
  warn(text: string): void
  /** Runs one step of the command, with a spinner on a terminal and a line with its time at the end. */
  step<Value>(title: string, work: () => Promise<Value>): Promise<Value>
  /** Stops drawing, also the spinner of a running step, while the user answers a question. */
  aside<Value>(ask: () => Promise<Value>): Promise<Value>
  progress(options: ProgressOptions): Progress
  /**
   * Loads the display of a training: a live view on a terminal with colours and enough room, otherwise like {@link progress}.
   *
   * @param options `live` is false when one line is enough
   * @returns a function that starts the display; nothing is drawn before
   */
  training(options: { readonly live: boolean }): Promise<(start: TrainingStart) => TrainingDisplay>
  /** Prints an error: as text on stderr, or with --json as the document on stdout. */
  error(error: OpenLedgerError): void
  /** Whether the result is printed. */
  readonly printed: boolean
  /** Exit code of the result's failure; 0 when there was none. */
  readonly exitCode: number
}

/**
 * @example
 * const output = createOutput(surroundings, { json: false, quiet: false, verbose: false, colour: true })
 * output.result({ recordCount: 120 }, ({ recordCount }) => `${recordCount} records`)
 */
export function createOutput(surroundings: Surroundings, options: OutputOptions): Output {
  const { stdout, stderr, environment, script, cwd } = surroundings
  const { json, quiet, verbose, colour } = options
  const style = createStyle(stderr, environment, colour)
  const { paint } = style
  const asError = { style, verbose, program: createShell({ script, folder: cwd, cwd }).program }
  const line = new LiveLine(stderr, usesAnimation(stderr, environment) && !quiet)
  let printed = false
  let exitCode = 0

  const note = (text: string): void => {
    if (!quiet) line.write(text)
  }
  const begin = (): void => {
    if (printed) throw new Error('a command prints one result')
    printed = true
    line.clear()
  }
  const print = (text: string): void => {
    begin()
    if (text !== '') stdout.write(`${printable(text)}\n`)
  }
  const printJson = (document: string): void => {
    begin()
    stdout.write(`${document}\n`)
  }

  return {
    json,
    style,
    get printed() {
      return printed
    },
    get exitCode() {
      return exitCode
    },
    result(data, render, failure) {
      exitCode = failure?.exitCode ?? 0
      if (json) {
        printJson(
          renderJson(failure === undefined ? { ok: true, data } : { ok: false, error: errorDocument(failure), data }),
        )
      } else {
        print(render(data, createStyle(stdout, environment, colour)))
        if (failure !== undefined) line.write(renderError(failure, asError))
      }
    },
    part(text) {
      if (json) return
      line.clear()
      stdout.write(printable(text))
    },
    heading: (text) => note(`\n${paint.bold(text)}`),
    note,
    warn: (text) => line.write(`${paint.yellow('!')} ${text}`),
    step: (title, work) => runStep(title, work, { stream: stderr, line, paint, quiet }),
    async aside(ask) {
      const resume = line.hold()
      try {
        return await ask()
      } finally {
        resume()
      }
    },
    progress: (progressOptions) => createProgress(progressOptions, line, paint, quiet),
    async training({ live }) {
      const { columns = 80, rows = 24 } = stderr
      const roomy = columns >= leastLive.columns && rows >= leastLive.rows
      if (!live || !line.animated || !paint.isColorSupported || !roomy)
        return (start) => plainTraining(start, line, paint, quiet)
      // Loading Ink and React takes longer than --help may take.
      const { liveTraining } = await import('./liveTraining.js')
      return (start) => liveTraining(start, stderr, line, paint)
    },
    error(error) {
      line.clear()
      if (json && !printed) {
        printJson(renderJson({ ok: false, error: errorDocument(error) }))
        if (!verbose) return
      }
      // After the one document, only stderr is left for a later error.
      line.write(renderError(error, asError))
    },
  }
}
