import { type Command, declareCommand } from './declareCommand.js'

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
]
