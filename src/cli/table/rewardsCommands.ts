import { type Command, declareCommand } from '../declareCommand.js'
import { flag, hash32, integer, path, text } from '../options.js'

const ledgerNumber = 'Number of the epoch on the ledger, which counts rejected ones too'

const again = {
  recompute: flag({ help: 'Run the attribution of noted answers anew, with their models' }),
  adapter: path({ help: 'Folder of a model’s adapter that is not in the workspace; with --recompute' }),
}

/** What is computed again, and what is taken as it stands: the same in `attest` and `challenge`. */
const checked =
  'Computed again: every payment and redeemed voucher, from the escrow; how each pool divides into wei; what accounts earned before, from earlier epochs; all roots and hashes. Taken as it stands: how answers were attributed, as this workspace noted it, else as the epoch’s receipts say. With --recompute the attribution of noted answers is run anew by the registered adapters on their records; shares within a millionth count as the same.'

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
      options: {
        for: text({
          help: 'Only this address, keystore or devnet account: which record earned what, in which answer',
          placeholder: 'who',
        }),
      },
      examples: [
        ['rewards status', 'Who earned what'],
        ['rewards status --for mara', 'What each record of mara earned, in which answer, and where the money is'],
      ],
    },
    () => import('../../commands/rewards/status.js'),
  ),
  declareCommand(
    {
      noun: 'rewards',
      verb: 'explain',
      summary: 'Show what one record earned, in which answer, and where the money is',
      details:
        'Over all epochs of the workspace, and what is paid for and waits for the next one. Money is waiting, not posted, pending, challenged, claimable or claimed.',
      arguments: { record: text({ required: true, help: 'Id of the record, or its first digits, 4 at least' }) },
      options: {},
      examples: [['rewards explain 0x2506f365', 'The record whose id begins so']],
    },
    () => import('../../commands/rewards/explain.js'),
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
  declareCommand(
    {
      noun: 'rewards',
      verb: 'attest',
      summary: 'Compute a posted epoch again, and vote for it with your stake',
      details: `${checked} Exit code 6 when anything differs from what was posted. On the devnet the account \`user\` votes unless --account names another.`,
      arguments: { epoch: integer({ help: `${ledgerNumber}; the newest unless given`, min: 1 }) },
      options: again,
      examples: [
        ['rewards attest --dry-run', 'Whether the newest epoch is right'],
        ['rewards attest 3 --account ines --yes', 'Vote for epoch 3 as ines'],
      ],
      dryRun: true,
    },
    () => import('../../commands/rewards/attest.js'),
  ),
  declareCommand(
    {
      noun: 'rewards',
      verb: 'challenge',
      summary: 'Compute a posted epoch again, and put your own root against it when it differs',
      details: `${checked} Takes a bond, lost with a part of your stake when validators find another root. Where somebody has put the same root already it is a vote for it, without a bond. The root 0 says that what was posted cannot be computed: the files are withheld, or something else than the rewards root is false.`,
      arguments: { epoch: integer({ help: `${ledgerNumber}; the newest unless given`, min: 1 }) },
      options: { ...again, root: hash32({ help: 'Claim this rewards root instead of computing one' }) },
      examples: [
        ['rewards challenge --dry-run', 'What differs, and what would be sent'],
        ['rewards challenge --recompute --dry-run', 'The same, with the models asked again'],
        ['rewards challenge 3 --account ines --yes', 'Challenge epoch 3 as ines'],
      ],
      dryRun: true,
    },
    () => import('../../commands/rewards/challenge.js'),
  ),
  declareCommand(
    {
      noun: 'rewards',
      verb: 'resolve',
      summary: 'End the vote on a challenged epoch, and settle your own vote',
      details: 'Anybody may, once voting is over, or the window is and one root has more than half of all stake.',
      arguments: { epoch: integer({ help: ledgerNumber, min: 1, required: true }) },
      options: { warp: flag({ help: 'On the devnet: move its clock past the end of the vote' }) },
      examples: [['rewards resolve 3 --warp --yes', 'On the devnet']],
      dryRun: true,
    },
    () => import('../../commands/rewards/resolve.js'),
  ),
]
