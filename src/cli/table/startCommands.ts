import { type Command, declareCommand } from '../declareCommand.js'
import { flag, path, text } from '../options.js'

/** Commands that begin and check: quickstart, init, doctor. */
export const startCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'quickstart',
      summary: 'Do the main job end to end, from a Datanet to paid contributors',
      details:
        'Makes a workspace, starts a local L1 and L2, trains, answers, attributes, pays and checks every number. Stops what it started.',
      arguments: { directory: path({ help: 'Folder to make; openledger-quickstart unless given' }) },
      options: {
        template: text({ help: 'Template of the Datanet', default: 'seamanship' }),
        keepDevnet: flag({ help: 'Leave the devnet running' }),
      },
      examples: [
        ['quickstart', 'Everything, in ./openledger-quickstart'],
        ['quickstart my-net --keep-devnet', 'Go on with the single commands afterwards'],
        ['quickstart --json', 'The same as one JSON document'],
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
        name: text({ help: "Name of the Datanet; the template's unless given" }),
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
        'Each check that fails says how to fix it. Exit code 1 when one fails. With --network also whether that network answers, is on its chain, has the contracts, and who signs there.',
      arguments: {},
      options: {},
      examples: [
        ['doctor', 'Check this machine'],
        ['doctor --network openledger --account ops', 'And the public network, for an account'],
        ['doctor --json', 'The same as one JSON document, for a report or a script'],
      ],
      config: false,
    },
    () => import('../../commands/doctor.js'),
  ),
]
