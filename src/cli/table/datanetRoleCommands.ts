import { type Command, declareCommand } from '../declareCommand.js'
import { hash32, text } from '../options.js'

const datanet = hash32({ help: 'Id of the Datanet; the one that this workspace published unless given' })
const accounts = text({ required: true, help: 'Addresses, keystores or devnet accounts, with commas between' })
const account = text({ required: true, help: 'Address, keystore or devnet account' })

/** `openledger datanet contributors …`, `datanet curators …` and `datanet ownership …`. */
export const datanetRoleCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'datanet',
      verb: 'contributors list',
      summary: 'List who may contribute to a Datanet, and who decides on it',
      details: 'The list counts once `datanet access policy --contributions listed` has closed the Datanet.',
      arguments: {},
      options: { datanet },
      examples: [['datanet contributors list', 'Of the Datanet of this workspace']],
    },
    () => import('../../commands/datanet/contributorsList.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'contributors add',
      summary: 'Put accounts on the list of contributors',
      details: 'The owner and curators may.',
      arguments: { accounts },
      options: { datanet },
      examples: [['datanet contributors add mara,tobias --yes', 'Take their records from now on']],
      dryRun: true,
    },
    () => import('../../commands/datanet/contributorsAdd.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'contributors remove',
      summary: 'Take accounts off the list of contributors',
      details: 'The owner and curators may. Records that were taken stay, and earn on.',
      arguments: { accounts },
      options: { datanet },
      examples: [['datanet contributors remove tobias --yes', 'Take no more records of tobias']],
      dryRun: true,
    },
    () => import('../../commands/datanet/contributorsRemove.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'curators add',
      summary: 'Let an account publish versions and admit contributors',
      details: 'The owner may.',
      arguments: { account },
      options: { datanet },
      examples: [['datanet curators add ines --yes', 'Make ines a curator']],
      dryRun: true,
    },
    () => import('../../commands/datanet/curatorsAdd.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'curators remove',
      summary: 'Take the role of a curator back',
      details: 'The owner may. What the curator published, and whom it admitted, stays.',
      arguments: { account },
      options: { datanet },
      examples: [['datanet curators remove ines --yes', 'Ines is a curator no longer']],
      dryRun: true,
    },
    () => import('../../commands/datanet/curatorsRemove.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'ownership offer',
      summary: 'Offer the role of the owner to somebody',
      details:
        'It changes hands when the other accepts. Shares of the income stay with those who hold them. The address 0x0000000000000000000000000000000000000000 takes the offer back.',
      arguments: { to: account },
      options: { datanet },
      examples: [['datanet ownership offer mara --yes', 'Mara may accept it']],
      dryRun: true,
    },
    () => import('../../commands/datanet/ownershipOffer.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'ownership accept',
      summary: 'Become the owner of a Datanet that was offered to you',
      details: 'On the devnet the account `user` accepts unless --account names another.',
      arguments: { datanet: hash32({ required: true, help: 'Id of the Datanet' }) },
      options: {},
      examples: [['datanet ownership accept 0x… --account mara --yes', 'On the devnet, as mara']],
      dryRun: true,
    },
    () => import('../../commands/datanet/ownershipAccept.js'),
  ),
]
