import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import type { Stopped } from './buildProgram.js'
import { nextWords } from './commandGroups.js'
import type { Command } from './declareCommand.js'

/** What commander says of a wrong command line, as a numbered error. */
export function usageError({ code, message, line }: Stopped, commands: readonly Command[]): OpenLedgerError {
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? ''
  const meant = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(message)?.[1]
  const suggestion = meant === undefined ? `\`${line} --help\` lists what there is.` : `Did you mean ${meant}?`
  const [, ...words] = line.split(' ')
  switch (code) {
    case 'commander.unknownCommand':
      return new OpenLedgerError('OL1001', { command: [...words, quoted].join(' '), suggestion })
    case 'commander.unknownOption':
      return new OpenLedgerError('OL1002', { option: quoted, command: line, suggestion })
    case 'commander.missingArgument':
      return new OpenLedgerError('OL1003', { argument: `<${quoted}>`, command: line })
    case 'commander.excessArguments': {
      const [expected = '?', found = '?'] = /Expected (\d+) arguments? but got (\d+)/.exec(message)?.slice(1) ?? []
      return new OpenLedgerError('OL1004', { command: line, expected, found })
    }
    case 'commander.optionMissingArgument':
      return new OpenLedgerError('OL1006', { command: line, reason: `${quoted} has no value` })
    // Commander would show the help of a group that came without its verb.
    case 'commander.help':
      return new OpenLedgerError('OL1007', {
        noun: words.join(' '),
        verbs: nextWords(words, commands).join(', '),
      })
    default:
      return new OpenLedgerError('OL1006', { command: line, reason: message })
  }
}
