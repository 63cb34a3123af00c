import { relative, resolve } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { wordsOf } from './commandGroups.js'
import type { Command } from './declareCommand.js'
import { longFlag, type Option } from './options.js'

/** What the command line held, before anything is checked. */
export interface RawInput {
  readonly arguments: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
}

/** What a settings file says of an option. */
export interface FileValue {
  /** As it is written there, with its line. */
  readonly field: string
  readonly line: number
  readonly value: string | number | boolean | readonly (string | number | boolean)[]
}

export interface ReadInputOptions {
  readonly cwd: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** By option; a flag of the command line comes before, a variable after. */
  readonly file?: {
    readonly path: string
    readonly values: ReadonlyMap<string, FileValue>
    /** What to tell of fields that have no effect; a line each. */
    readonly notes: readonly string[]
  }
}

/** What the settings file says that `--config` names, for a command that takes one. */
export async function readSettingsFile(
  { settings, options }: Command,
  raw: RawInput,
  cwd: string,
): Promise<ReadInputOptions['file']> {
  const given = raw.options['config']
  if (settings === undefined || given === undefined) return undefined
  const path = resolve(cwd, String(given))
  const { readSettings } = await settings()
  const names = Object.keys(options).filter((name) => name !== 'config')
  const shown = relative(cwd, path)
  const file = await readSettings(path, {
    names,
    read(name, stated) {
      const option = options[name] as Option<unknown>
      if (raw.options[name] !== undefined) return undefined
      const each = (one: unknown): unknown =>
        option.read(String(one), refuse(sourceOf(stated, shown), option, String(one)), cwd)
      return option.repeatable ? [stated.value].flat().map(each) : each(stated.value)
    },
  })
  return { path: shown, values: file.values, notes: file.notes.map((note) => `${shown}: ${note}`) }
}

const sourceOf = ({ field, line }: FileValue, path: string): string => `${field} (${path}, line ${line})`

/** The whole command line that leads to a command: `openledger datanet add`. */
export const lineOf = (command: Pick<Command, 'noun' | 'verb'>): string => ['openledger', ...wordsOf(command)].join(' ')

/**
 * The checked input of a command: what was given, else what its settings file says, else the option's variable, else its
 * default.
 *
 * @throws OL1003 when something required is missing
 * @throws OL1005 when a value is not accepted, naming the flag, the field or the variable that gave it
 */
export function readInput(command: Command, raw: RawInput, { cwd, environment, file }: ReadInputOptions) {
  const input: Record<string, unknown> = {}
  const read = (name: string, label: string, option: Option<unknown>, given: unknown): void => {
    const variable = option.env === undefined ? undefined : environment[option.env]
    const stated = given === undefined ? file?.values.get(name) : undefined
    const [source, value] =
      given !== undefined
        ? [label, given]
        : stated !== undefined
          ? [sourceOf(stated, file?.path ?? ''), stated.value]
          : [`The variable ${option.env}`, variable === '' ? undefined : variable]
    if (value === undefined) {
      if (option.required) throw new OpenLedgerError('OL1003', { argument: label, command: lineOf(command) })
      // A default is written as a user would write it, so that a default path is resolved too.
      const { fallback } = option
      input[name] =
        typeof fallback === 'string'
          ? option.read(fallback, refuse(label, option, fallback), cwd)
          : (fallback ?? (option.repeatable ? [] : undefined))
    } else if (value === true && option.bare !== undefined) input[name] = option.bare
    else {
      const each = (one: unknown): unknown => option.read(String(one), refuse(source, option, String(one)), cwd)
      input[name] = option.repeatable ? [value].flat().map(each) : each(value)
    }
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
