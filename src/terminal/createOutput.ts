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
  /** One JSON document on stdout instead of text. */
  readonly json: boolean
  /** Nothing on stderr but warnings and errors. */
  readonly quiet: boolean
  /** Stacks and causes with errors. */
  readonly verbose: boolean
  /** False forbids colours; else the stream and the environment decide. */
  readonly colour: boolean
}

/** Less room than this holds one line better than a view. */
const leastLive = { columns: 30, rows: 8 }

/** The only way a command talks: one result on stdout, everything else on stderr. */
export interface Output {
  readonly json: boolean
  /** For texts on stderr. `result` hands its renderer the one for stdout. */
  readonly style: Style
  /**
   * Prints what the command found out; once in a run.
   *
   * @param data becomes `{"ok":true,"data":…}` with --json; amounts as bigint, their unit in the key (`amountWei`)
   * @param render the same as text; nothing where the failure says it all
   * @param failure the result is complete but means no: `{"ok":false,"error":…,"data":…}`, and the exit code of the error
   */
  result<Data>(data: Data, render: (data: Data, style: Style) => string, failure?: OpenLedgerError): void
  /** Writes a part of the result while it comes into being; with --json nothing, since one document comes at the end. */
  part(text: string): void
  heading(text: string): void
  note(text: string): void
  warn(text: string): void
  /** Runs one step of the command, with a spinner on a terminal and a line with its time at the end. */
  step<Value>(title: string, work: () => Promise<Value>): Promise<Value>
  /** Leaves the terminal alone while somebody is asked something; a step that is under way draws no spinner then. */
  aside<Value>(ask: () => Promise<Value>): Promise<Value>
  progress(options: ProgressOptions): Progress
  /**
   * Loads what shows a training: a live view on a terminal with colours and room for it, else as {@link progress}.
   *
   * @param options false for `live` where one line is enough
   * @returns starts it; nothing is drawn before
   */
  training(options: { readonly live: boolean }): Promise<(start: TrainingStart) => TrainingDisplay>
  /** Prints an error: text on stderr, or with --json the document on stdout. */
  error(error: OpenLedgerError): void
  /** Whether the result is out. */
  readonly printed: boolean
  /** Of the result's failure; 0 when there was none. */
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
      // Ink and React cost more to load than --help may take.
      const { liveTraining } = await import('./liveTraining.js')
      return (start) => liveTraining(start, stderr, line, paint)
    },
    error(error) {
      line.clear()
      if (json && !printed) {
        printJson(renderJson({ ok: false, error: errorDocument(error) }))
        if (!verbose) return
      }
      // Also when the one document is out already: only stderr is left to tell of what came after it.
      line.write(renderError(error, asError))
    },
  }
}
