import { type Command, declareCommand } from '../declareCommand.js'
import { amount, choice, duration, flag, integer, text } from '../options.js'

/** `openledger devnet …`. */
export const devnetCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'devnet',
      verb: 'up',
      summary: 'Start a local L1 and L2 whose gas is OPEN',
      details:
        'The devnet runs in the foreground until Ctrl-C. If it is already running, the command changes nothing. If it ran before, its chains continue where they stopped.',
      arguments: {},
      options: {
        detach: flag({ help: 'Run in the background, until `devnet down`', short: 'd' }),
        l1Port: integer({
          help: 'Port of the L1, 0 for any free one',
          defaultText: 'the last one',
          min: 0,
          max: 65535,
        }),
        l2Port: integer({
          help: 'Port of the L2, 0 for any free one',
          defaultText: 'the last one',
          min: 0,
          max: 65535,
        }),
        finalizationPeriod: duration({
          help: 'How long a proven withdrawal waits on the L1, fixed when the chains begin',
          defaultText: '5s',
        }),
      },
      examples: [
        ['devnet up -d', 'Run in the background'],
        ['devnet up -d --finalization-period 7d', 'Make withdrawals wait as long as on the public chains'],
        ['devnet up --l2-port 9545', 'Use a fixed port'],
      ],
    },
    () => import('../../commands/devnet/up.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'down',
      summary: 'Stop the devnet',
      details: 'The command saves both chains, and the next `devnet up` continues from there.',
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
      details: 'The exit code is 5 when the devnet is not running.',
      arguments: {},
      options: {},
      examples: [['devnet status --json', 'Print URLs and addresses for a script']],
    },
    () => import('../../commands/devnet/status.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'logs',
      summary: 'Show the logs of both nodes and of their keeper',
      details:
        'Each line begins with its source: l1, l2, or devnet for the keeper, the process that runs both. Blocks are sorted by time.',
      arguments: {},
      options: {
        follow: flag({ help: 'Show new lines as they come, until Ctrl-C', short: 'f' }),
        layer: choice(['l1', 'l2', 'devnet'], { help: 'Show the lines of one source only' }),
        lines: integer({ help: 'Number of last lines to show', short: 'n', default: 200, min: 0 }),
        rpc: flag({ help: 'Also show the name of every JSON-RPC method that was called' }),
      },
      examples: [
        ['devnet logs -f', 'Watch both layers'],
        ['devnet logs --layer l2 --lines 20', 'Show the last 20 lines of the L2'],
      ],
    },
    () => import('../../commands/devnet/logs.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'env',
      summary: 'Print URLs, chain ids and addresses as shell variables',
      details: 'ETH_RPC_URL, which cast and other tools read, is the URL of the L2.',
      arguments: {},
      options: {
        shell: choice(['posix', 'fish', 'powershell'], { help: 'Shell whose syntax to write', default: 'posix' }),
      },
      examples: [
        ['devnet env', 'For eval "$(…)" in sh, bash and zsh'],
        ['devnet env --shell fish', 'For fish: … | source'],
      ],
    },
    () => import('../../commands/devnet/env.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'accounts',
      summary: 'Show the funded accounts, their balances and keys',
      details: 'The keys come from the public test phrase. OpenLedger refuses them on every network that is not local.',
      arguments: {},
      options: {},
      examples: [['devnet accounts', 'Show names, addresses, balances on both layers, and keys']],
    },
    () => import('../../commands/devnet/accounts.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'fund',
      summary: 'Give an account OPEN on the L2, or ether on the L1',
      details:
        'OPEN comes through the bridge from the deployer, which owns the supply on the L1. Ether is created from nothing.',
      arguments: {
        account: text({ required: true, help: 'Devnet account or address' }),
        amount: amount({ required: true, help: 'Amount, such as 2.5' }),
      },
      options: {
        layer: choice(['l2', 'l1'], { help: 'l2 for OPEN, l1 for ether', default: 'l2' }),
      },
      examples: [
        ['devnet fund mara 5', 'Give mara 5 OPEN on the L2'],
        ['devnet fund 0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65 1 --layer l1', 'Give an address 1 ETH on the L1'],
      ],
    },
    () => import('../../commands/devnet/fund.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'warp',
      summary: 'Move the clock of both layers forward',
      arguments: { duration: duration({ required: true, help: 'Seconds, or a number with s, m, h, d or w: 7d' }) },
      options: {},
      examples: [['devnet warp 7d', 'Move past the delay of a withdrawal']],
    },
    () => import('../../commands/devnet/warp.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'mine',
      summary: 'Mine blocks on both layers',
      arguments: { blocks: integer({ help: 'Number of blocks', default: 1, min: 1, max: 100_000 }) },
      options: {},
      examples: [['devnet mine 10', 'Mine ten blocks on each layer']],
    },
    () => import('../../commands/devnet/mine.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'snapshot save',
      summary: 'Save the state of both layers under a name',
      details: 'The devnet may be running or stopped. The command asks before it replaces a snapshot of the same name.',
      arguments: { name: text({ required: true, help: 'Letters, digits, dots, dashes and underscores' }) },
      options: {},
      examples: [['devnet snapshot save paid', 'Save the current state']],
    },
    () => import('../../commands/devnet/snapshotSave.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'snapshot restore',
      summary: 'Return both layers to a snapshot',
      details: 'Either both layers are restored or neither is. The URLs stay the same.',
      arguments: { name: text({ required: true, help: 'Name of the snapshot' }) },
      options: {},
      examples: [['devnet snapshot restore paid --yes', 'Return to that state without a question']],
    },
    () => import('../../commands/devnet/snapshotRestore.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'snapshot list',
      summary: 'List the snapshots',
      arguments: {},
      options: {},
      examples: [['devnet snapshot list', 'Show names, times and heights']],
    },
    () => import('../../commands/devnet/snapshotList.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'reset',
      summary: 'Start again with new chains',
      details: 'A running devnet keeps its URLs. Snapshots stay.',
      arguments: {},
      options: {},
      examples: [['devnet reset --yes', 'Reset without a question']],
    },
    () => import('../../commands/devnet/reset.js'),
  ),
]
