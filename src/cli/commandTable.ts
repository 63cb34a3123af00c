import { type Command, declareCommand } from './declareCommand.js'
import { text } from './options.js'

/** Every command. A row holds data only, so that `openledger --help` loads none of the work behind it. */
export const commandTable: readonly Command[] = [
  declareCommand(
    {
      noun: 'doctor',
      summary: 'Check that this machine has what openledger needs',
      details: 'Each check that fails says how to mend it. Exit code 1 when one fails.',
      arguments: {},
      options: {},
      examples: [
        ['doctor', 'Check this machine'],
        ['doctor --json', 'The same as one JSON document, for a report or a script'],
      ],
      config: false,
    },
    () => import('../commands/doctor.js'),
  ),
  declareCommand(
    {
      noun: 'help',
      summary: 'Show the help of a command, or of a topic: exit-codes, errors',
      arguments: {
        topic: text({ help: 'A command, exit-codes or errors' }),
        name: text({ help: 'A verb of the command, or an error code' }),
      },
      options: {},
      examples: [
        ['help train', 'The help of a command'],
        ['help exit-codes', 'What the exit codes mean'],
        ['help errors OL1020', 'What an error means and how to mend it'],
      ],
      config: false,
    },
    () => import('./helpTopic.js'),
  ),
]
