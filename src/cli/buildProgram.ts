import { type CommanderError, Command as Program, Option as ProgramOption } from 'commander'
import type { Style } from '../terminal/Style.js'
import { commandsBelow, wordsOf } from './commandGroups.js'
import type { Command } from './declareCommand.js'
import { dryRun, globalOptions } from './globalOptions.js'
import { longFlag, negatedFlag, type Option } from './options.js'
import type { RawInput } from './RawInput.js'
import { lineOf } from './readInput.js'
import { renderCommandHelp, renderGroupHelp, renderProgramHelp } from './renderHelp.js'

/** Commander stopped before any command: it wrote the help or the version, or the command line is wrong. */
export class Stopped extends Error {
  /** Commander's code, such as `commander.unknownOption`. */
  readonly code: string
  /** The command that commander was reading: `openledger datanet`. */
  readonly line: string
  /** The words after this command: its arguments, then options that it does not know. */
  readonly args: readonly string[]
  /** The last word of the whole command line. */
  readonly lastWord: string
  readonly isHelp: boolean

  constructor(line: string, args: readonly string[], lastWord: string, cause: CommanderError) {
    super(cause.message, { cause })
    this.code = cause.code
    this.line = line
    this.args = args
    this.lastWord = lastWord
    this.isHelp = cause.exitCode === 0
  }
}

export interface Parsed {
  readonly command: Command
  readonly raw: RawInput
}

export interface ProgramOptions {
  readonly commands: readonly Command[]
  readonly version: string
  /** Style of stdout, for the help. */
  readonly style: Style
  readonly write: (text: string) => void
}

/** Parses a command line with commander, from the command table. `readInput` checks the values. */
export function parseCommandLine(argv: readonly string[], options: ProgramOptions): Parsed {
  const { commands, version, style, write } = options
  let parsed: Parsed | undefined

  const prepare = (program: Program, line: string, help: () => string): Program =>
    program
      .exitOverride((cause) => {
        throw new Stopped(line, program.args, argv.at(-1) ?? '', cause)
      })
      .configureHelp({ formatHelp: () => `${help()}\n` })
      .configureOutput({ writeOut: write, writeErr: () => undefined })
      .helpCommand(false)

  const program = prepare(new Program('openledger'), 'openledger', () => renderProgramHelp(commands, version, style))
  program.version(version, '-V, --version')
  for (const [name, option] of Object.entries(globalOptions)) program.addOption(programOption(name, option))

  const groupOf = (words: readonly string[]): Program => {
    const name = words.at(-1)
    if (name === undefined) return program
    const parent = groupOf(words.slice(0, -1))
    return (
      parent.commands.find((known) => known.name() === name) ??
      prepare(parent.command(name), ['openledger', ...words].join(' '), () =>
        renderGroupHelp(words, commandsBelow(words, commands), style),
      )
    )
  }

  for (const command of commands) {
    const words = wordsOf(command)
    // Declaring a hundred commands with their options takes longer than writing the help. A noun that the line does not
    // contain matters only by its name, for suggestions.
    if (!argv.includes(command.noun)) {
      groupOf([command.noun])
      continue
    }
    const own = groupOf(words.slice(0, -1)).command(words.at(-1) ?? '')
    prepare(own, lineOf(command), () => renderCommandHelp(command, style))
    for (const [name, { required }] of Object.entries(command.arguments)) {
      own.argument(required ? `<${name}>` : `[${name}]`)
    }
    for (const [name, option] of Object.entries(command.options)) {
      own.addOption(programOption(name, option))
      if (option.negatable) own.addOption(new ProgramOption(negatedFlag(name)))
    }
    if (command.dryRun === true) own.addOption(programOption('dryRun', dryRun))
    // In `-dq`, the command also reads the letters after its own one, not the program.
    for (const [name, option] of Object.entries<Option<unknown>>(globalOptions)) {
      if (option.short !== undefined) own.addOption(programOption(name, option))
    }
    own.action(() => {
      parsed = { command, raw: { arguments: own.args, options: own.optsWithGlobals() } }
    })
  }
  // An empty command line shows the help, which explains how to begin.
  program.parse(argv.length === 0 ? ['--help'] : argv, { from: 'user' })
  if (parsed === undefined) throw new Error('commander ran no action')
  return parsed
}

function programOption(name: string, { short, placeholder, bare, repeatable }: Option<unknown>): ProgramOption {
  const flags = `${short === undefined ? '' : `-${short}, `}${longFlag(name)}`
  if (placeholder === undefined) return new ProgramOption(flags)
  const option = new ProgramOption(bare === undefined ? `${flags} <${placeholder}>` : `${flags} [${placeholder}]`)
  return repeatable ? option.argParser((value, before: string[] = []) => [...before, value]) : option
}
