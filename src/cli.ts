import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Parsed, parseCommandLine, Stopped } from './cli/buildProgram.js'
import { commandTable } from './cli/commandTable.js'
import { completionCommand } from './cli/completion/completionCommand.js'
import { createContext, type Run } from './cli/createContext.js'
import type { Command } from './cli/declareCommand.js'
import { helpCommand } from './cli/helpCommand.js'
import { readInput } from './cli/readInput.js'
import { readSettingsFile } from './cli/settingsFile.js'
import { usageError } from './cli/usageError.js'
import { OpenLedgerError } from './errors/OpenLedgerError.js'
import { reasonOf } from './files/reasonOf.js'
import { systemCode } from './files/systemCode.js'
import { createLifetime, Interruption, type ProcessEvents } from './terminal/createLifetime.js'
import { createOutput, type Output } from './terminal/createOutput.js'
import { printable } from './terminal/printable.js'
import { errorDocument, numbered } from './terminal/renderError.js'
import { createStyle } from './terminal/Style.js'
import type { Surroundings } from './terminal/surroundings.js'
import { version } from './version.js'

export interface MainOptions {
  /** The words after `openledger`. */
  readonly argv: readonly string[]
  readonly surroundings: Surroundings
  /** The source of signals: the process. */
  readonly host: ProcessEvents
  /** The known commands, by default all. */
  readonly commands?: readonly Command[]
  /** Called with the signal after which a command did not end by itself. */
  readonly onUnheard?: (signal: NodeJS.Signals) => void
}

/** Runs the command line of this process and ends it with the exit code. */
export async function start(): Promise<never> {
  const surroundings: Surroundings = {
    // The getter opens stdin when a command asks a question. Other commands leave their input alone.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    cwd: process.cwd(),
    script: process.argv[1],
  }
  // Write errors on a full disk arrive only at the end.
  let unwritten: unknown
  process.stdout.on('error', (cause) => {
    unwritten = cause
  })
  let unheard: NodeJS.Signals | undefined
  const onUnheard = (signal: NodeJS.Signals): void => {
    unheard = signal
  }
  const exitCode = await main({ argv: process.argv.slice(2), surroundings, host: process, onUnheard })
  // On platforms with asynchronous pipes the end of a long document would be lost.
  await new Promise((resolve) => process.stdout.write('', resolve))
  // An orderly exit would wait for a thread that reads from an idle pipe. No listener is left, so that the signal ends the
  // process; shells report that with the same exit code.
  if (unheard !== undefined) process.kill(process.pid, unheard)
  if (unwritten === undefined || systemCode(unwritten) === 'EPIPE') process.exit(exitCode)
  const error = new OpenLedgerError('OL1011', { reason: reasonOf(unwritten) })
  createOutput(surroundings, { json: false, quiet: false, verbose: false, colour: true }).error(error)
  process.exit(error.exitCode)
}

/**
 * Runs one command line to its end. It writes the result to stdout and everything else to stderr, and throws nothing.
 *
 * @returns the exit code
 */
export async function main({
  argv,
  surroundings,
  host,
  commands = [...commandTable, helpCommand, completionCommand],
  onUnheard,
}: MainOptions): Promise<number> {
  const { stdout, environment } = surroundings
  // Usage errors are also reported in the requested form, such as --json.
  const asks = (...words: string[]): boolean => words.some((word) => argv.includes(word))
  const colour = !asks('--no-color')
  const output = createOutput(surroundings, {
    json: asks('--json'),
    quiet: asks('--quiet', '-q'),
    verbose: asks('--verbose'),
    colour,
  })
  let parsed: Parsed
  try {
    const style = createStyle(stdout, environment, colour)
    parsed = parseCommandLine(argv, { commands, version, style, write: (text) => stdout.write(printable(text)) })
  } catch (stop) {
    return stopped(stop, output, commands)
  }

  const lifetime = createLifetime(host, ({ signal }) => {
    if (signal !== 'SIGPIPE') output.note('Stopping; press Ctrl-C again to end at once.')
  })
  const { signal } = lifetime
  stdout.on('error', lifetime.closePipe)
  try {
    let told: OpenLedgerError | undefined
    const exitCode = await lifetime.supervise(async () => {
      await runCommand(parsed, { surroundings, output, lifetime }).catch((thrown: unknown) => {
        if (OpenLedgerError.is(thrown) && thrown.exitCode === interruptedExitCode) told = thrown
        throw thrown
      })
      return output.exitCode
    })
    if (lifetime.unheard !== undefined) onUnheard?.(lifetime.unheard)
    return signal.aborted ? interrupted(output, signal, exitCode, told) : exitCode
  } catch (thrown) {
    const error = numbered(thrown)
    if (error.exitCode === 0) output.result({ changed: false, ...errorDocument(error) }, () => nothingLeft(error))
    else output.error(error)
    return error.exitCode
  } finally {
    stdout.off('error', lifetime.closePipe)
  }
}

async function runCommand({ command, raw }: Parsed, run: Run): Promise<void> {
  const { cwd: here, environment } = run.surroundings
  const given = raw.options['cwd']
  const cwd = given === undefined ? here : checkFolder(resolve(here, String(given)))
  const file = await readSettingsFile(command, raw, cwd)
  for (const note of file?.notes ?? []) run.output.note(note)
  const input = readInput(command, raw, { cwd, environment, ...(file && { file }) })
  await command.execute(await createContext(command, raw, cwd, run), input)
}

/** The result of a command that has nothing left to do, which is not a failure: its exit code is 0. */
const nothingLeft = ({ message, hint }: OpenLedgerError): string => `${message}.\n${hint}`

function checkFolder(folder: string): string {
  let reason = 'it is not a folder'
  try {
    if (statSync(folder).isDirectory()) return folder
  } catch (cause) {
    reason = reasonOf(cause)
  }
  throw new OpenLedgerError('OL1024', { folder, reason })
}

/** Exit code of errors in which a command explains its own interruption. */
const interruptedExitCode = 130

/** Prints the error of an interruption. A command that has already printed its result, such as a server, prints no error. */
function interrupted(output: Output, { reason }: AbortSignal, exitCode: number, told?: OpenLedgerError): number {
  if (reason instanceof Interruption && reason.signal !== 'SIGPIPE' && !output.printed) {
    output.error(told ?? new OpenLedgerError('OL1010', { signal: reason.signal }))
  }
  return exitCode
}

/** Handles a stop of commander: for help and version, which are not errors, or for a wrong command line. */
function stopped(stop: unknown, output: Output, commands: readonly Command[]): number {
  if (stop instanceof Stopped && stop.isHelp) return 0
  const error = stop instanceof Stopped ? usageError(stop, commands) : numbered(stop)
  output.error(error)
  return error.exitCode
}
