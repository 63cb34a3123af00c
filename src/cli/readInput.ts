import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import type { Command } from './declareCommand.js'
import { longFlag, type Option } from './options.js'

/** What the command line held, before anything is checked. */
export interface RawInput {
  readonly arguments: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
}

export interface ReadInputOptions {
  readonly cwd: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** The whole command line that leads to a command: `openledger datanet add`. */
export const lineOf = ({ noun, verb }: Pick<Command, 'noun' | 'verb'>): string =>
  ['openledger', noun, verb].filter((word) => word !== undefined).join(' ')

/**
 * The checked input of a command: what was given, else the option's variable, else its default.
 *
 * @throws OL1003 when something required is missing
 * @throws OL1005 when a value is not accepted, naming the flag or the variable that gave it
 */
export function readInput(command: Command, raw: RawInput, { cwd, environment }: ReadInputOptions) {
  const input: Record<string, unknown> = {}
  const read = (name: string, label: string, option: Option<unknown>, given: unknown): void => {
    const variable = option.env === undefined ? undefined : environment[option.env]
    const [source, value] = given === undefined ? [`The variable ${option.env}`, variable] : [label, given]
    if (value === undefined || (given === undefined && value === '')) {
      if (option.required) throw new OpenLedgerError('OL1003', { argument: label, command: lineOf(command) })
      // A default is written as a user would write it, so that a default path is resolved too.
      const { fallback } = option
      input[name] =
        typeof fallback === 'string' ? option.read(fallback, refuse(label, option, fallback), cwd) : fallback
    } else input[name] = option.read(String(value), refuse(source, option, String(value)), cwd)
  }
  for (const [index, [name, option]] of Object.entries(command.arguments).entries()) {
    read(name, `<${name}>`, option, raw.arguments[index])
  }
  for (const [name, option] of Object.entries(command.options)) {
    const label = `${longFlag(name)}${option.placeholder === undefined ? '' : ` <${option.placeholder}>`}`
    read(name, label, option, raw.options[name])
  }
  return input
}

const refuse =
  (source: string, { expected }: Option<unknown>, value: string) =>
  (reason: string): never => {
    throw new OpenLedgerError('OL1005', { source, value: JSON.stringify(value), reason, expected })
  }
