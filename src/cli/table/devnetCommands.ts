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
        finalizationPeriod: duration({
          help: 'How long a proven withdrawal waits on the L1, fixed when the chains begin; 5s unless given',
        }),
      },
      examples: [
        ['devnet up -d', 'In the background'],
        ['devnet up -d --finalization-period 7d', 'Withdrawals wait as long as on the public chains'],
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
  declareCommand(
    {
      noun: 'devnet',
      verb: 'logs',
      summary: 'Show what both nodes and their keeper log',
      details:
        'Each line begins with who wrote it: l1, l2, or devnet for the process that keeps both. Blocks stand in the order of their times.',
      arguments: {},
      options: {
        follow: flag({ help: 'Go on as lines come, until Ctrl-C', short: 'f' }),
        layer: choice(['l1', 'l2', 'devnet'], { help: 'Only the lines of one' }),
        lines: integer({ help: 'The so many last lines', short: 'n', default: 200, min: 0 }),
        rpc: flag({ help: 'Also the name of every JSON-RPC method that was called' }),
      },
      examples: [
        ['devnet logs -f', 'Watch both layers'],
        ['devnet logs --layer l2 --lines 20', 'The last of the L2'],
      ],
    },
    () => import('../../commands/devnet/logs.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'env',
      summary: 'Print URLs, chain ids and addresses as variables of a shell',
      details: 'ETH_RPC_URL, which cast and other tools read, is the L2.',
      arguments: {},
      options: {
        shell: choice(['posix', 'fish', 'powershell'], { help: 'Whose syntax to write', default: 'posix' }),
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
      details: 'The keys are those of the public test phrase. They are refused on every network that is not local.',
      arguments: {},
      options: {},
      examples: [['devnet accounts', 'Names, addresses, balances on both layers, keys']],
    },
    () => import('../../commands/devnet/accounts.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'fund',
      summary: 'Give an account OPEN on the L2, or ether on the L1',
      details:
        'OPEN comes through the bridge, from the deployer, who owns the supply on the L1. Ether comes out of nothing.',
      arguments: {
        account: text({ required: true, help: 'Devnet account or address' }),
        amount: amount({ required: true, help: 'How much, such as 2.5' }),
      },
      options: {
        layer: choice(['l2', 'l1'], { help: 'l2 for OPEN, l1 for ether', default: 'l2' }),
      },
      examples: [
        ['devnet fund mara 5', '5 OPEN on the L2'],
        ['devnet fund 0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65 1 --layer l1', '1 ETH on the L1'],
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
      examples: [['devnet warp 7d', 'Past the delay of a withdrawal']],
    },
    () => import('../../commands/devnet/warp.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'mine',
      summary: 'Mine blocks on both layers',
      arguments: { blocks: integer({ help: 'How many; one unless given', default: 1, min: 1, max: 100_000 }) },
      options: {},
      examples: [['devnet mine 10', 'Ten blocks on each layer']],
    },
    () => import('../../commands/devnet/mine.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'snapshot save',
      summary: 'Keep both layers as they are now, under a name',
      details: 'Works on a running and on a stopped devnet. Asks before it replaces one of that name.',
      arguments: { name: text({ required: true, help: 'Letters, digits, dots, dashes and underscores' }) },
      options: {},
      examples: [['devnet snapshot save paid', 'Keep this state']],
    },
    () => import('../../commands/devnet/snapshotSave.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'snapshot restore',
      summary: 'Put both layers back to a snapshot',
      details: 'Both are the snapshot’s in the end, or both what they were. URLs stay.',
      arguments: { name: text({ required: true, help: 'Name of the snapshot' }) },
      options: {},
      examples: [['devnet snapshot restore paid --yes', 'Back to that state, without asking']],
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
      examples: [['devnet snapshot list', 'Names, times, heights']],
    },
    () => import('../../commands/devnet/snapshotList.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'reset',
      summary: 'Begin anew with fresh chains',
      details: 'A running devnet goes on at the same URLs. Snapshots stay.',
      arguments: {},
      options: {},
      examples: [['devnet reset --yes', 'Without asking']],
    },
    () => import('../../commands/devnet/reset.js'),
  ),
]
