import { type Command, declareCommand } from '../declareCommand.js'
import { hash32, text } from '../options.js'
import { accountHelp, datanetId } from './sharedOptions.js'

const datanet = datanetId
const accounts = text({ required: true, help: 'Addresses, keystores or devnet accounts, separated by commas' })
const account = text({ required: true, help: accountHelp })

/** `openledger datanet contributors …`, `datanet curators …` and `datanet ownership …`. */
export const datanetRoleCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'datanet',
      verb: 'contributors list',
      summary: 'List the contributors of a Datanet, its owner and its curators',
      details: 'The list takes effect once `datanet access policy --contributions listed` has closed the Datanet.',
      arguments: {},
      options: { datanet },
      examples: [['datanet contributors list', 'List those of the workspace’s Datanet']],
    },
    () => import('../../commands/datanet/contributorsList.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'contributors add',
      summary: 'Add accounts to the list of contributors',
      details: 'Only the owner and curators may do this.',
      arguments: { accounts },
      options: { datanet },
      examples: [['datanet contributors add mara,tobias --yes', 'Accept their records from now on']],
      dryRun: true,
    },
    async () => (await import('../../commands/datanet/contributors.js')).add,
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'contributors remove',
      summary: 'Remove accounts from the list of contributors',
      details: 'Only the owner and curators may do this. Records that were already accepted stay and continue to earn.',
      arguments: { accounts },
      options: { datanet },
      examples: [['datanet contributors remove tobias --yes', 'Accept no more records of tobias']],
      dryRun: true,
    },
    async () => (await import('../../commands/datanet/contributors.js')).remove,
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'curators add',
      summary: 'Let an account publish versions and admit contributors',
      details: 'Only the owner may do this.',
      arguments: { account },
      options: { datanet },
      examples: [['datanet curators add ines --yes', 'Make ines a curator']],
      dryRun: true,
    },
    async () => (await import('../../commands/datanet/curators.js')).add,
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'curators remove',
      summary: 'Revoke the role of a curator',
      details: 'Only the owner may do this. The versions and contributors that the curator added stay.',
      arguments: { account },
      options: { datanet },
      examples: [['datanet curators remove ines --yes', 'Ines is no longer a curator']],
      dryRun: true,
    },
    async () => (await import('../../commands/datanet/curators.js')).remove,
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'ownership offer',
      summary: 'Offer the ownership of a Datanet to an account',
      details:
        'The ownership changes when the account accepts. The shares of the income stay with their holders. An offer to 0x0000000000000000000000000000000000000000 withdraws the last one.',
      arguments: { to: account },
      options: { datanet },
      examples: [['datanet ownership offer mara --yes', 'Offer it to mara']],
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
      examples: [['datanet ownership accept 0x… --account mara --yes', 'Accept as mara on the devnet']],
      dryRun: true,
    },
    () => import('../../commands/datanet/ownershipAccept.js'),
  ),
]
