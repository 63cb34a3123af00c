import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { wordsOf } from './commandGroups.js'
import type { Command } from './declareCommand.js'
import { sourceOf } from './FileValue.js'
import { type Option, optionLabel, refuseValue } from './options.js'
import type { RawInput } from './RawInput.js'
import type { SettingsFile } from './settingsFile.js'

export interface ReadInputOptions {
  readonly cwd: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Values of a settings file. Flags of the command line take precedence over it, and it over environment variables. */
  readonly file?: SettingsFile | undefined
}

/** The command line that runs a command: `openledger datanet add`. */
export const lineOf = (command: Pick<Command, 'noun' | 'verb'>): string => ['openledger', ...wordsOf(command)].join(' ')

/**
 * Reads and checks the input of a command. Each value comes from the command line, otherwise from the settings file,
 * otherwise from the option's environment variable, otherwise from its default.
 *
 * @throws OL1003 when something required is missing
 * @throws OL1005 when a value is not accepted; the error names the flag, field or variable that gave it
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
      // Defaults are read like given values, so that a default path is resolved too.
      const { fallback } = option
      input[name] =
        typeof fallback === 'string'
          ? option.read(fallback, refuseValue(label, option, fallback), cwd)
          : (fallback ?? (option.repeatable ? [] : undefined))
    } else if (value === true && option.bare !== undefined) input[name] = option.bare
    else {
      const each = (one: unknown): unknown => option.read(String(one), refuseValue(source, option, String(one)), cwd)
      input[name] = option.repeatable ? [value].flat().map(each) : each(value)
    }
  }
  for (const [index, [name, option]] of Object.entries(command.arguments).entries()) {
    read(name, `<${name}>`, option, raw.arguments[index])
  }
  for (const [name, option] of Object.entries(command.options)) {
    read(name, optionLabel(name, option), option, raw.options[name])
  }
  return input
}
