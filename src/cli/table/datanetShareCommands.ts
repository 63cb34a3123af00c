import { type Command, declareCommand } from '../declareCommand.js'
import { amount, hash32, integer, text } from '../options.js'

const datanet = hash32({ help: 'Id of the Datanet; the one that this workspace published unless given' })

/** `openledger datanet shares …`. */
export const datanetShareCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'datanet',
      verb: 'shares show',
      summary: 'Show whose a Datanet’s income is, and what of it waits',
      arguments: {},
      options: { datanet },
      examples: [['datanet shares show', 'Of the Datanet of this workspace']],
    },
    () => import('../../commands/datanet/sharesShow.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'shares offer',
      summary: 'Offer somebody a part of a Datanet’s income',
      details:
        'A Datanet has 10000 shares, its creator’s at first. They change hands when the other accepts; what they earn until then is yours. Another offer to the same account takes the place of the first, 0 shares take it back.',
      arguments: {
        to: text({ required: true, help: 'Address, keystore or devnet account' }),
        shares: integer({ required: true, min: 0, max: 10_000, help: 'Of the 10000' }),
      },
      options: {
        price: amount({ help: 'OPEN that the other pays to accept', default: 0n }),
        days: integer({ help: 'How long the offer stands', default: 7, min: 1, max: 3650 }),
        datanet,
      },
      examples: [
        ['datanet shares offer mara 2500 --yes', 'A quarter of the income, as a gift'],
        ['datanet shares offer 0x… 1000 --price 40 --days 2 --yes', 'A tenth, for 40 OPEN'],
      ],
      dryRun: true,
    },
    () => import('../../commands/datanet/sharesOffer.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'shares accept',
      summary: 'Take shares that were offered to you, and pay their price',
      details: 'On the devnet the account `user` accepts unless --account names another.',
      arguments: { from: text({ required: true, help: 'Whose offer: address, keystore or devnet account' }) },
      options: { datanet },
      examples: [['datanet shares accept maintainer --account mara --yes', 'On the devnet, as mara']],
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
        'Sends on the Datanets’ part of payments that waits in the escrow, for all holders, then pays out your own: with it prices of shares that you sold, and refunds. On the devnet the account `maintainer` collects unless --account names another.',
      arguments: {},
      options: { datanet },
      examples: [
        ['datanet shares collect --dry-run', 'What you would get'],
        ['datanet shares collect --account mara --yes', 'On the devnet, as mara'],
      ],
      dryRun: true,
    },
    () => import('../../commands/datanet/sharesCollect.js'),
  ),
]
