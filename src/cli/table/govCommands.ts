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
      summary: 'Turn OPEN into GOPEN, and let it vote',
      details: 'The votes are the account’s own unless they are delegated. They count in votes that begin later.',
      arguments: { amount: amount({ required: true, help: 'OPEN to wrap' }) },
      options: {
        delegate: text({ help: 'Who votes with it: an address, keystore or devnet account', placeholder: 'who' }),
      },
      examples: [['gov wrap 1000 --account mara --yes', 'A thousand votes for mara']],
      dryRun: true,
    },
    () => import('../../commands/gov/wrap.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'unwrap',
      summary: 'Turn GOPEN back into OPEN',
      details: 'Votes that were cast stay cast.',
      arguments: { amount: amount({ required: true, help: 'GOPEN to unwrap' }) },
      options: {},
      examples: [['gov unwrap 1000 --account mara --yes', 'A thousand OPEN back']],
      dryRun: true,
    },
    () => import('../../commands/gov/unwrap.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'propose',
      summary: 'Put the calls of a proposal file to the vote',
      details:
        'The file is JSON: {"description","calls":[{"contract","function","args"}]}, or {"targets","values","calldatas","description"} as governors take them. The id is printed before anything is sent. Only this account can make the proposal: its address is put at the end of the description.',
      arguments: { file: path({ required: true, help: 'JSON file of the proposal' }) },
      options: {},
      examples: [
        ['gov propose fee.json --dry-run', 'Its id, and what would be signed'],
        ['gov propose fee.json --account mara --yes', 'Propose it, with at least 100 votes'],
      ],
      dryRun: true,
    },
    () => import('../../commands/gov/propose.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'vote',
      summary: 'Vote on a proposal, once and for all',
      arguments: {
        proposal,
        choice: choice(['for', 'against', 'abstain'], { required: true, help: 'How to vote' }),
      },
      options: {
        reason: text({ help: 'Kept on the chain with the vote' }),
        warp: warp('the begin of the vote'),
      },
      examples: [['gov vote 1 for --account mara --warp --yes', 'On the devnet']],
      dryRun: true,
    },
    () => import('../../commands/gov/vote.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'queue',
      summary: 'Put a proposal that was voted in into the timelock',
      arguments: { proposal },
      options: { warp: warp('the end of the vote') },
      examples: [['gov queue 1 --warp --yes', 'On the devnet']],
      dryRun: true,
    },
    () => import('../../commands/gov/queue.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'execute',
      summary: 'Carry out a proposal whose delay has passed',
      arguments: { proposal },
      options: { warp: warp('the end of the delay') },
      examples: [['gov execute 1 --warp --yes', 'On the devnet']],
      dryRun: true,
    },
    () => import('../../commands/gov/execute.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'cancel',
      summary: 'Take one’s own proposal back before its vote begins',
      arguments: { proposal },
      options: {},
      examples: [['gov cancel 1 --account mara --yes', 'It will not be voted on']],
      dryRun: true,
    },
    () => import('../../commands/gov/cancel.js'),
  ),
  declareCommand(
    {
      noun: 'gov',
      verb: 'status',
      summary: 'Show proposals, their votes and what they would do',
      arguments: { proposal: text({ help: 'Only this one: its number or its id' }) },
      options: {},
      examples: [
        ['gov status', 'All of them'],
        ['gov status 1 --json', 'One, for a script'],
      ],
    },
    () => import('../../commands/gov/status.js'),
  ),
]
