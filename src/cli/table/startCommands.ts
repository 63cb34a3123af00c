import { type Command, declareCommand } from '../declareCommand.js'
import { flag, path, text } from '../options.js'

/** The commands with which a user starts: quickstart, init, doctor. */
export const startCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'quickstart',
      summary: 'Do the main job end to end, from a Datanet to paid contributors',
      details:
        'The command makes a workspace, starts a local L1 and L2, trains, answers, attributes, pays, checks every number, and stops the nodes that it started.',
      arguments: { directory: path({ help: 'Folder to make', defaultText: 'openledger-quickstart' }) },
      options: {
        template: text({ help: 'Template of the Datanet', default: 'seamanship' }),
        keepDevnet: flag({ help: 'Leave the devnet running' }),
      },
      examples: [
        ['quickstart', 'Run everything, in ./openledger-quickstart'],
        ['quickstart my-net --keep-devnet', 'Continue with the single commands afterwards'],
        ['quickstart --json', 'Print the result as one JSON document'],
      ],
      config: false,
    },
    () => import('../../commands/quickstart.js'),
  ),
  declareCommand(
    {
      noun: 'init',
      summary: 'Make a workspace from a template',
      arguments: { directory: path({ required: true, help: 'Folder to make' }) },
      options: {
        template: text({ help: 'Template to copy', default: 'seamanship' }),
        name: text({ help: 'Name of the Datanet', defaultText: 'the template’s' }),
      },
      examples: [['init my-net', 'A workspace with the seamanship Datanet, signed and approved']],
      config: false,
    },
    () => import('../../commands/init.js'),
  ),
  declareCommand(
    {
      noun: 'doctor',
      summary: 'Check that this machine has what openledger needs',
      details:
        'Each check that fails says how to fix it, and the exit code is 1. With --network the command also checks that the network answers, that it is the right chain and has the contracts, and which account signs there.',
      arguments: {},
      options: {},
      examples: [
        ['doctor', 'Check this machine'],
        ['doctor --network openledger --account ops', 'Check the public network too, for an account'],
        ['doctor --json', 'Print the checks as one JSON document, for a report or a script'],
      ],
      config: false,
    },
    () => import('../../commands/doctor.js'),
  ),
]
