import { type Command, declareCommand } from '../declareCommand.js'
import { flag, text } from '../options.js'

/** `openledger rewards …`. */
export const rewardsCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'rewards',
      verb: 'post',
      summary: 'Post an epoch of everything that was paid for since the last',
      arguments: {},
      options: {},
      examples: [
        ['rewards post --dry-run', 'What would be posted'],
        ['rewards post --yes', 'Post it, with the bond'],
      ],
      dryRun: true,
    },
    () => import('../../commands/rewards/post.js'),
  ),
  declareCommand(
    {
      noun: 'rewards',
      verb: 'claim',
      summary: 'Pay contributors what they have earned',
      details: 'Finalizes the newest epoch once its challenge window is over. The relayer pays the gas.',
      arguments: {},
      options: {
        for: text({ help: 'Only this address or devnet account', placeholder: 'who' }),
        warp: flag({ help: 'On the devnet: move its clock past the challenge window' }),
      },
      examples: [
        ['rewards claim --warp --yes', 'On the devnet, for everybody'],
        ['rewards claim --for mara', 'What one account has earned'],
        ['rewards claim --dry-run', 'What would be paid to whom, and what it would cost'],
      ],
      dryRun: true,
    },
    () => import('../../commands/rewards/claim.js'),
  ),
  declareCommand(
    {
      noun: 'rewards',
      verb: 'status',
      summary: 'Show epochs, earnings and claims',
      arguments: {},
      options: {},
      examples: [['rewards status', 'Who earned what']],
    },
    () => import('../../commands/rewards/status.js'),
  ),
  declareCommand(
    {
      noun: 'rewards',
      verb: 'verify',
      summary: 'Check every number of every epoch, off chain and on chain',
      details: 'Exit code 6 when a check finds a mismatch.',
      arguments: {},
      options: {},
      examples: [['rewards verify --json', 'For a monitor: exit code 6 on a mismatch']],
    },
    () => import('../../commands/rewards/verify.js'),
  ),
]
