import { type Command, declareCommand } from '../declareCommand.js'
import { amount, text } from '../options.js'

/** `openledger stake …`. */
export const stakeCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'stake',
      verb: 'deposit',
      summary: 'Stake OPEN to vote on later epochs and to earn',
      details:
        'Stakers earn a part of fees. What comes in during seven days is paid out over the next seven. On the devnet the account `user` stakes unless --account names another.',
      arguments: { amount: amount({ required: true, help: 'OPEN to add to your stake' }) },
      options: {},
      examples: [
        ['stake deposit 500 --yes', 'Stake as user on the devnet'],
        ['stake deposit 500 --account ines', 'Stake as ines'],
      ],
      dryRun: true,
    },
    () => import('../../commands/stake/deposit.js'),
  ),
  declareCommand(
    {
      noun: 'stake',
      verb: 'withdraw',
      summary: 'Start the withdrawal of stake, or collect stake and rewards',
      details:
        'With --amount the waiting period begins, in which the stake neither votes nor earns but can be slashed. Without --amount the command settles your vote on a decided epoch, and pays out the stake whose waiting period is over, all rewards, and bonds that were returned or won.',
      arguments: {},
      options: {
        amount: amount({ help: 'OPEN to withdraw; another request starts the waiting period of both again' }),
      },
      examples: [
        ['stake withdraw --amount 200 --yes', 'Start the waiting period'],
        ['stake withdraw --yes', 'Collect everything that is due'],
      ],
      dryRun: true,
    },
    () => import('../../commands/stake/withdraw.js'),
  ),
  declareCommand(
    {
      noun: 'stake',
      verb: 'status',
      summary: 'Show stake, rewards and a vote that is not yet settled',
      arguments: {},
      options: { for: text({ help: 'Address or account to show instead of your own', placeholder: 'account' }) },
      examples: [['stake status --for ines', 'Show another account']],
    },
    () => import('../../commands/stake/status.js'),
  ),
  declareCommand(
    {
      noun: 'stake',
      verb: 'fund',
      summary: 'Send the stakers’ part of payments to them',
      details: 'This part waits in the escrow until any account sends it, so that payments need not wait for it.',
      arguments: {},
      options: {},
      examples: [['stake fund --yes', 'Send all that is due']],
      dryRun: true,
    },
    () => import('../../commands/stake/fund.js'),
  ),
]
