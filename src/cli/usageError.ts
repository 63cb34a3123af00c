import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { nearestName } from '../text/nearestName.js'
import type { Stopped } from './buildProgram.js'
import { commandNamed, nextWords } from './commandGroups.js'
import type { Command } from './declareCommand.js'
import { dryRun, globalOptions } from './globalOptions.js'
import { longFlag, negatedFlag, type Option, optionLabel } from './options.js'

/** Converts a usage error to a numbered error. Commander gives the kind of error; the names come from the command table. */
export function usageError({ code, message, line, args, lastWord }: Stopped, commands: readonly Command[]) {
  const [, ...words] = line.split(' ')
  const command = commandNamed(words, commands)
  const suggest = (name: string | undefined): string =>
    name === undefined ? `See \`${line} --help\`.` : `Did you mean ${name}?`
  switch (code) {
    case 'commander.unknownCommand': {
      const [unknown = ''] = args
      const suggestion = suggest(nearestName(unknown, nextWords(words, commands)))
      return new OpenLedgerError('OL1001', { command: [...words, unknown].join(' '), suggestion })
    }
    case 'commander.unknownOption': {
      const option = args.find(isFlag) ?? ''
      return new OpenLedgerError('OL1002', { option, command: line, suggestion: suggest(nearestFlag(option, command)) })
    }
    case 'commander.missingArgument': {
      const missing = Object.entries(command?.arguments ?? {}).find(
        ([, { required }], i) => required && i >= args.length,
      )
      return new OpenLedgerError('OL1003', { argument: `<${missing?.[0]}>`, command: line })
    }
    case 'commander.excessArguments': {
      const expected = Object.keys(command?.arguments ?? {}).length
      return new OpenLedgerError('OL1004', { command: line, expected, found: args.length })
    }
    case 'commander.optionMissingArgument':
      return new OpenLedgerError('OL1006', { command: line, reason: `${labelOf(lastWord, command)} has no value` })
    // Commander would show the help of a group without a verb.
    case 'commander.help':
      return new OpenLedgerError('OL1007', { noun: words.join(' '), verbs: nextWords(words, commands).join(', ') })
    default:
      return new OpenLedgerError('OL1006', { command: line, reason: message })
  }
}

/** Whether a word is a flag; a negative number is an argument. */
const isFlag = (word: string): boolean => word.length > 1 && word.startsWith('-') && Number.isNaN(Number(word))

/** The options that a command takes, its own before those of every command. */
const optionsOf = (command: Command | undefined): [name: string, option: Option<unknown>][] =>
  Object.entries<Option<unknown>>({ ...command?.options, ...(command?.dryRun && { dryRun }), ...globalOptions })

function nearestFlag(flag: string, command: Command | undefined): string | undefined {
  if (!flag.startsWith('--')) return undefined
  const known = optionsOf(command).flatMap(([name, { negatable }]) =>
    negatable ? [longFlag(name), negatedFlag(name)] : [longFlag(name)],
  )
  const nearest = nearestName(
    flag.slice(2).split('=')[0] ?? '',
    [...known, '--help', ...(command === undefined ? ['--version'] : [])].map((each) => each.slice(2)),
  )
  return nearest && `--${nearest}`
}

/** The label of the option at the end of a command line; of several short options, such as `-kC`, the last one. */
function labelOf(word: string, command: Command | undefined): string {
  const found = optionsOf(command).find(([name, { short }]) =>
    word.startsWith('--') ? longFlag(name) === word : short !== undefined && short === word.at(-1),
  )
  return found === undefined ? word : optionLabel(...found)
}
