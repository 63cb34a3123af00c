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
  /** Where signals come from: the process. */
  readonly host: ProcessEvents
  /** The commands there are; all of them unless given. */
  readonly commands?: readonly Command[]
  /** Is told the signal after which a command did not end by itself. */
  readonly onUnheard?: (signal: NodeJS.Signals) => void
}

/** Runs the command line of this process and ends it with the exit code. */
export async function start(): Promise<never> {
  const surroundings: Surroundings = {
    // Opened when a question is asked: a command that asks none leaves its input alone.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    cwd: process.cwd(),
    script: process.argv[1],
  }
  // A file on a full disk tells of it only when the command is done.
  let unwritten: unknown
  process.stdout.on('error', (cause) => {
    unwritten = cause
  })
  let unheard: NodeJS.Signals | undefined
  const onUnheard = (signal: NodeJS.Signals): void => {
    unheard = signal
  }
  const exitCode = await main({ argv: process.argv.slice(2), surroundings, host: process, onUnheard })
  // Where pipes are asynchronous the end of a long document would be lost.
  await new Promise((resolve) => process.stdout.write('', resolve))
  // An orderly exit would wait for a thread that reads a pipe to which nobody writes. Nobody listens to the signal any more,
  // so that it ends the process; shells report that with the same exit code.
  if (unheard !== undefined) process.kill(process.pid, unheard)
  if (unwritten === undefined || systemCode(unwritten) === 'EPIPE') process.exit(exitCode)
  const error = new OpenLedgerError('OL1011', { reason: reasonOf(unwritten) })
  createOutput(surroundings, { json: false, quiet: false, verbose: false, colour: true }).error(error)
  process.exit(error.exitCode)
}

/**
 * Runs one command line to its end: result on stdout, everything else on stderr, nothing thrown.
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
  // A wrong command line too is told of in the form that it asks for.
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

/** What holds already is no failure: the exit code is 0, and this is the result. */
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

/** Of errors that say in a command's own words what an interruption leaves. */
const interruptedExitCode = 130

/** A command that had printed its result before, as a server does, has nothing more to tell. */
function interrupted(output: Output, { reason }: AbortSignal, exitCode: number, told?: OpenLedgerError): number {
  if (reason instanceof Interruption && reason.signal !== 'SIGPIPE' && !output.printed) {
    output.error(told ?? new OpenLedgerError('OL1010', { signal: reason.signal }))
  }
  return exitCode
}

/** Commander stops for help and version, which are no errors, and for a wrong command line. */
function stopped(stop: unknown, output: Output, commands: readonly Command[]): number {
  if (stop instanceof Stopped && stop.isHelp) return 0
  const error = stop instanceof Stopped ? usageError(stop, commands) : numbered(stop)
  output.error(error)
  return error.exitCode
}
