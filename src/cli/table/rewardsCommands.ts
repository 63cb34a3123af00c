import { type Command, declareCommand } from '../declareCommand.js'
import { flag, hash32, integer, path, text } from '../options.js'

const ledgerNumber = 'Number of the epoch on the ledger, which counts rejected ones too'

const again = {
  recompute: flag({ help: 'Run the attribution of noted answers again, with their models' }),
  adapter: path({ help: 'Folder of a model’s adapter that is not in the workspace; requires --recompute' }),
}

/** What `attest` and `challenge` compute again, and what they trust. */
const checked =
  'The command computes again: every payment and redeemed voucher, from the escrow; how each pool divides into wei; what accounts earned before, from earlier epochs; and all roots and hashes. It trusts how answers were attributed, as this workspace noted it or as the epoch’s receipts say. With --recompute it also runs the attribution of noted answers again, with the registered adapters and their records; shares within a millionth count as the same.'

/** `openledger rewards …`. */
export const rewardsCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'rewards',
      verb: 'post',
      summary: 'Post an epoch of everything paid since the last one',
      arguments: {},
      options: {},
      examples: [
        ['rewards post --dry-run', 'Show what would be posted'],
        ['rewards post --yes', 'Post it with the bond'],
      ],
      dryRun: true,
    },
    () => import('../../commands/rewards/post.js'),
  ),
  declareCommand(
    {
      noun: 'rewards',
      verb: 'claim',
      summary: 'Pay contributors what they earned',
      details:
        'The command also finalizes the newest epoch once its challenge window is over. On the devnet the relayer pays the gas.',
      arguments: {},
      options: {
        for: text({ help: 'Pay only this address or devnet account', placeholder: 'account' }),
        warp: flag({ help: 'On the devnet: move its clock past the challenge window' }),
      },
      examples: [
        ['rewards claim --warp --yes', 'Pay everybody on the devnet'],
        ['rewards claim --for mara', 'Pay one account'],
        ['rewards claim --dry-run', 'Show the payments and their cost'],
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
          help: 'Show what each record of this address, keystore or devnet account earned, in which answer',
          placeholder: 'account',
        }),
      },
      examples: [
        ['rewards status', 'Show what each account earned'],
        ['rewards status --for mara', 'Show what each record of mara earned, in which answer, and where the money is'],
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
        'The command covers all epochs of the workspace and the payments that wait for the next one. Money is waiting, not posted, pending, challenged, claimable or claimed.',
      arguments: { record: text({ required: true, help: 'Id of the record, or at least its first 4 digits' }) },
      options: {},
      examples: [['rewards explain 0x2506f365', 'Show the record whose id begins with these digits']],
    },
    () => import('../../commands/rewards/explain.js'),
  ),
  declareCommand(
    {
      noun: 'rewards',
      verb: 'verify',
      summary: 'Check every number of every epoch, off chain and on chain',
      details: 'The exit code is 6 when a check finds a mismatch.',
      arguments: {},
      options: {},
      examples: [['rewards verify --json', 'Let a monitor watch the exit code']],
    },
    () => import('../../commands/rewards/verify.js'),
  ),
  declareCommand(
    {
      noun: 'rewards',
      verb: 'attest',
      summary: 'Compute a posted epoch again and vote for it with your stake',
      details: `${checked} The exit code is 6 when anything differs from the posted epoch. On the devnet the account \`user\` votes unless --account names another.`,
      arguments: { epoch: integer({ help: ledgerNumber, defaultText: 'the newest', min: 1 }) },
      options: again,
      examples: [
        ['rewards attest --dry-run', 'Check the newest epoch'],
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
      summary: 'Compute a posted epoch again and challenge it with your own root when it differs',
      details: `${checked} A challenge takes a bond. You lose it, and a part of your stake, when validators decide for another root. If the same root is already proposed, the command votes for it without a bond. The root 0 says that the epoch cannot be computed: files are withheld, or something other than the rewards root is false.`,
      arguments: { epoch: integer({ help: ledgerNumber, defaultText: 'the newest', min: 1 }) },
      options: { ...again, root: hash32({ help: 'Propose this rewards root instead of computing one' }) },
      examples: [
        ['rewards challenge --dry-run', 'Show what differs and what would be sent'],
        ['rewards challenge --recompute --dry-run', 'Show the same after running the models again'],
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
      summary: 'End the vote on a challenged epoch and settle your own vote',
      details:
        'Any account may do this once voting is over, or once the challenge window is over and one root has more than half of all stake.',
      arguments: { epoch: integer({ help: ledgerNumber, min: 1, required: true }) },
      options: { warp: flag({ help: 'On the devnet: move its clock past the end of the vote' }) },
      examples: [['rewards resolve 3 --warp --yes', 'End the vote on the devnet']],
      dryRun: true,
    },
    () => import('../../commands/rewards/resolve.js'),
  ),
]
