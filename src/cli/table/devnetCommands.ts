import { type Command, declareCommand } from '../declareCommand.js'
import { flag, integer } from '../options.js'

/** `openledger devnet …`. */
export const devnetCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'devnet',
      verb: 'up',
      summary: 'Start a local L1 and L2 whose gas is OPEN',
      details:
        'Runs in the foreground until Ctrl-C. A devnet that runs already is left as it is; one that ran before goes on where it was.',
      arguments: {},
      options: {
        detach: flag({ help: 'Run in the background, until `devnet down`', short: 'd' }),
        l1Port: integer({
          help: 'Port of the L1, 0 for any free one; that of the last time unless given',
          min: 0,
          max: 65535,
        }),
        l2Port: integer({
          help: 'Port of the L2, 0 for any free one; that of the last time unless given',
          min: 0,
          max: 65535,
        }),
      },
      examples: [
        ['devnet up -d', 'In the background'],
        ['devnet up --l2-port 9545', 'With a fixed port'],
      ],
    },
    () => import('../../commands/devnet/up.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'down',
      summary: 'Stop the devnet',
      details: 'Both chains are saved: the next `devnet up` goes on from there.',
      arguments: {},
      options: {},
      examples: [['devnet down', 'Stop both nodes']],
    },
    () => import('../../commands/devnet/down.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'status',
      summary: 'Show the nodes, contracts and logs of the devnet',
      details: 'Exit code 5 when it does not run.',
      arguments: {},
      options: {},
      examples: [['devnet status --json', 'URLs and addresses for a script']],
    },
    () => import('../../commands/devnet/status.js'),
  ),
]
