import { type Command, declareCommand } from '../declareCommand.js'
import { amount, integer, text } from '../options.js'
import { accountHelp, datanetId } from './sharedOptions.js'

const datanet = datanetId

/** `openledger datanet shares …`. */
export const datanetShareCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'datanet',
      verb: 'shares show',
      summary: 'Show who owns a Datanet’s income, and how much waits to be collected',
      arguments: {},
      options: { datanet },
      examples: [['datanet shares show', 'Show those of the workspace’s Datanet']],
    },
    () => import('../../commands/datanet/sharesShow.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'shares offer',
      summary: 'Offer a part of a Datanet’s income to an account',
      details:
        'A Datanet has 10000 shares, which its creator holds at first. The shares change hands when the account accepts; what they earn before that is yours. Another offer to the same account replaces the first, and an offer of 0 shares withdraws it.',
      arguments: {
        to: text({ required: true, help: accountHelp }),
        shares: integer({ required: true, min: 0, max: 10_000, help: 'Number of shares, of 10000' }),
      },
      options: {
        price: amount({ help: 'OPEN that the account pays to accept', default: 0n }),
        days: integer({ help: 'Days in which the offer can be accepted', default: 7, min: 1, max: 3650 }),
        datanet,
      },
      examples: [
        ['datanet shares offer mara 2500 --yes', 'Give away a quarter of the income'],
        ['datanet shares offer 0x… 1000 --price 40 --days 2 --yes', 'Sell a tenth for 40 OPEN'],
      ],
      dryRun: true,
    },
    () => import('../../commands/datanet/sharesOffer.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'shares accept',
      summary: 'Accept shares that were offered to you, and pay their price',
      details: 'On the devnet the account `user` accepts unless --account names another.',
      arguments: {
        from: text({ required: true, help: 'Account that made the offer: address, keystore or devnet account' }),
      },
      options: { datanet },
      examples: [['datanet shares accept maintainer --account mara --yes', 'Collect as mara on the devnet']],
      dryRun: true,
    },
    () => import('../../commands/datanet/sharesAccept.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'shares collect',
      summary: 'Collect what your shares of a Datanet have earned',
      details:
        'The command first distributes the Datanet’s part of payments in the escrow to all holders. Then it pays out your own part, the prices of shares that you sold, and refunds. On the devnet the account `maintainer` collects unless --account names another.',
      arguments: {},
      options: { datanet },
      examples: [
        ['datanet shares collect --dry-run', 'Show what you would get'],
        ['datanet shares collect --account mara --yes', 'Accept as mara on the devnet'],
      ],
      dryRun: true,
    },
    () => import('../../commands/datanet/sharesCollect.js'),
  ),
]
