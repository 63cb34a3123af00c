import { type Command, declareCommand } from '../declareCommand.js'
import { amount, text } from '../options.js'

/** `openledger stake …`. */
export const stakeCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'stake',
      verb: 'deposit',
      summary: 'Stake OPEN: vote on epochs that are posted later, and earn',
      details:
        'What stakers earn is a part of fees, paid over the seven days after those in which it came in. On the devnet the account `user` stakes unless --account names another.',
      arguments: { amount: amount({ required: true, help: 'OPEN to add to your stake' }) },
      options: {},
      examples: [
        ['stake deposit 500 --yes', 'On the devnet, as user'],
        ['stake deposit 500 --account ines', 'As ines'],
      ],
      dryRun: true,
    },
    () => import('../../commands/stake/deposit.js'),
  ),
  declareCommand(
    {
      noun: 'stake',
      verb: 'withdraw',
      summary: 'Ask for stake, or collect what waits and what was earned',
      details:
        'With --amount it starts the waiting, in which that stake neither votes nor earns, and can be slashed. Without, it settles your vote on an epoch that is decided, and pays out the stake whose waiting is over, all rewards, and bonds that came back or were won.',
      arguments: {},
      options: { amount: amount({ help: 'OPEN to ask for; another request starts the waiting of both anew' }) },
      examples: [
        ['stake withdraw --amount 200 --yes', 'Start the waiting'],
        ['stake withdraw --yes', 'Collect what can be collected'],
      ],
      dryRun: true,
    },
    () => import('../../commands/stake/withdraw.js'),
  ),
  declareCommand(
    {
      noun: 'stake',
      verb: 'status',
      summary: 'Show stake, rewards and a vote that is not settled',
      arguments: {},
      options: { for: text({ help: 'This address or account instead of your own', placeholder: 'who' }) },
      examples: [['stake status --for ines', 'Of one account']],
    },
    () => import('../../commands/stake/status.js'),
  ),
  declareCommand(
    {
      noun: 'stake',
      verb: 'fund',
      summary: 'Send the stakers’ part of payments on to them',
      details: 'It waits in the escrow until anybody does: so no payment is held up by it.',
      arguments: {},
      options: {},
      examples: [['stake fund --yes', 'All that is due']],
      dryRun: true,
    },
    () => import('../../commands/stake/fund.js'),
  ),
]
