import { type Command, declareCommand } from './declareCommand.js'
import { text } from './options.js'

/** `openledger help`. It is not a row of the command table, because it shows the table. */
export const helpCommand: Command = declareCommand(
  {
    noun: 'help',
    summary: 'Show the help of a command, or of a topic: exit-codes, errors',
    arguments: {
      topic: text({ help: 'A command, exit-codes or errors' }),
      name: text({ help: 'A verb of the command, or an error code' }),
      verb: text({ help: 'A verb of the verb, as in `help devnet snapshot save`' }),
    },
    options: {},
    examples: [
      ['help train', 'Show the help of a command'],
      ['help exit-codes', 'Show what the exit codes mean'],
      ['help errors OL1020', 'Show what an error means and how to fix it'],
    ],
    config: false,
  },
  () => import('./helpTopic.js'),
)
