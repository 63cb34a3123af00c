import { type Command, declareCommand } from '../declareCommand.js'
import { amount, choice, flag, path, text } from '../options.js'

const proposal = text({ required: true, help: 'Number of the proposal, as `gov status` lists it, or its id' })
const warp = (what: string) => flag({ help: `On the devnet: move its clock to ${what}` })

/** `openledger gov …`. */
export const govCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'gov',
      verb: 'wrap',
      summary: 'Turn OPEN into GOPEN, which can vote',
      details:
        'The account has the votes itself unless it delegates them. They count on proposals whose vote begins later.',
      arguments: { amount: amount({ required: true, help: 'OPEN to wrap' }) },
      options: {
        delegate: text({
          help: 'Account that gets the votes: an address, keystore or devnet account',
          placeholder: 'account',
        }),
      },
      examples: [['gov wrap 1000 --account mara --yes', 'Give mara a thousand votes']],
      dryRun: true,
    },
    () => import('../../commands/gov/wrap.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'unwrap',
      summary: 'Turn GOPEN back into OPEN',
      details: 'Votes that the account has cast stay valid.',
      arguments: { amount: amount({ required: true, help: 'GOPEN to unwrap' }) },
      options: {},
      examples: [['gov unwrap 1000 --account mara --yes', 'Get a thousand OPEN back']],
      dryRun: true,
    },
    () => import('../../commands/gov/unwrap.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'propose',
      summary: 'Propose the calls of a file for a vote',
      details:
        'The file is JSON: {"description","calls":[{"contract","function","args"}]}, or {"targets","values","calldatas","description"} in the form that governor contracts take. The command prints the id before it sends anything. Only this account can make the proposal, because its address is appended to the description.',
      arguments: { file: path({ required: true, help: 'JSON file of the proposal' }) },
      options: {},
      examples: [
        ['gov propose fee.json --dry-run', 'Show its id and what would be signed'],
        ['gov propose fee.json --account mara --yes', 'Propose it; the account needs at least 100 votes'],
      ],
      dryRun: true,
    },
    () => import('../../commands/gov/propose.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'vote',
      summary: 'Vote on a proposal; a vote cannot be changed',
      arguments: {
        proposal,
        choice: choice(['for', 'against', 'abstain'], { required: true, help: 'How to vote' }),
      },
      options: {
        reason: text({ help: 'Reason, kept on chain with the vote' }),
        warp: warp('the start of the vote'),
      },
      examples: [['gov vote 1 for --account mara --warp --yes', 'Vote as mara on the devnet']],
      dryRun: true,
    },
    () => import('../../commands/gov/vote.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'queue',
      summary: 'Put an accepted proposal into the timelock',
      arguments: { proposal },
      options: { warp: warp('the end of the vote') },
      examples: [['gov queue 1 --warp --yes', 'Queue it on the devnet']],
      dryRun: true,
    },
    () => import('../../commands/gov/queue.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'execute',
      summary: 'Execute a proposal whose delay has passed',
      arguments: { proposal },
      options: { warp: warp('the end of the delay') },
      examples: [['gov execute 1 --warp --yes', 'Execute it on the devnet']],
      dryRun: true,
    },
    () => import('../../commands/gov/execute.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'cancel',
      summary: 'Withdraw your own proposal before its vote begins',
      arguments: { proposal },
      options: {},
      examples: [['gov cancel 1 --account mara --yes', 'Withdraw proposal 1']],
      dryRun: true,
    },
    () => import('../../commands/gov/cancel.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'status',
      summary: 'Show proposals, their votes and their effects',
      arguments: { proposal: text({ help: 'Show only this proposal, by number or id' }) },
      options: {},
      examples: [
        ['gov status', 'Show all proposals'],
        ['gov status 1 --json', 'Print one proposal for a script'],
      ],
    },
    () => import('../../commands/gov/status.js'),
  ),
]
