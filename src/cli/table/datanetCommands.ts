import { type Command, declareCommand } from '../declareCommand.js'
import { amount, choice, flag, hash32, integer, path, text } from '../options.js'
import { columns, dataFormats } from './sharedOptions.js'

/** `openledger datanet …`. */
export const datanetCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'datanet',
      verb: 'init',
      summary: 'Make an empty Datanet',
      arguments: { directory: path({ help: 'Folder of the workspace; this one unless given' }) },
      options: {
        name: text({ help: 'Name on chain: lower-case letters, digits, dashes', required: true }),
        title: text({ help: 'Name for people' }),
        description: text({ help: 'What the records are about' }),
        licence: text({
          help: 'SPDX identifier of the records’ licence',
          default: 'CC-BY-4.0',
          env: 'OPENLEDGER_LICENCE',
        }),
        domain: text({ help: 'Field of knowledge' }),
      },
      examples: [['datanet init bees --name bees --title "Keeping bees"', 'An empty Datanet in ./bees']],
      config: false,
    },
    () => import('../../commands/datanet/init.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'add',
      summary: 'Add records, signed by their contributor',
      details:
        'A record is {"prompt","completion"}, {"messages"} or {"text"} and has no other fields but contributor, licence and signature; with --map other columns are left out. Either every line brings contributor and signature (EIP-712), or --contributor names a keystore or a devnet account that signs here. All lines are added, or none. Once the Datanet is published on the network (--network), its registry is asked first whether it takes records of each contributor; a network that does not answer is an error, and --offline asks nobody. Before it is published there is no list, and nobody is asked.',
      arguments: { file: path({ required: true, help: `File of records (${dataFormats})` }) },
      options: {
        ...columns,
        contributor: text({ help: 'Keystore, signer’s address or devnet account that signs the lines' }),
        offline: flag({ help: 'Do not ask the chain who may contribute: you answer for it' }),
      },
      examples: [
        ['datanet add records.jsonl --contributor mara', 'Sign with the devnet account mara, and add'],
        [
          'datanet add faq.csv --map prompt=Question,completion=Answer --contributor mara',
          'Of a table, these two columns',
        ],
      ],
    },
    () => import('../../commands/datanet/add.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'descriptor',
      summary: 'Write the file that contributors sign with on their own machines',
      details:
        'It holds the Datanet’s identity, name, title and default licence, and nothing secret. Without --out it is only shown.',
      arguments: {},
      options: { out: path({ help: 'File to write, datanet.json for example' }) },
      examples: [['datanet descriptor --out datanet.json', 'A file to hand out to contributors']],
    },
    () => import('../../commands/datanet/descriptor.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'sign',
      summary: 'Sign records on your own machine, for a Datanet that somebody else keeps',
      details:
        'Needs no workspace and no network. Each record is signed by itself with EIP-712 (docs/signatures.md), for the identity of the Datanet and the licence of the record, by the account that --account names: a keystore, the network’s signer command, or a devnet account. What is signed is shown first. The file that comes out is one that `datanet add` takes as it is.',
      arguments: { file: path({ required: true, help: `File of records (${dataFormats})` }) },
      options: {
        ...columns,
        datanet: path({ help: 'Descriptor that the owner gave you; this workspace’s Datanet unless given' }),
        identity: hash32({ help: 'Identity of the Datanet, where there is no descriptor; with --licence' }),
        licence: text({ help: 'SPDX identifier for records that name none; the Datanet’s unless given' }),
        out: path({ help: 'File to write; <file>.signed.jsonl unless given' }),
      },
      examples: [
        ['datanet sign notes.jsonl --datanet datanet.json --account mara', 'notes.signed.jsonl, for the owner to add'],
        ['datanet sign notes.jsonl --datanet datanet.json --account mara --dry-run', 'What would be signed'],
      ],
      dryRun: true,
    },
    () => import('../../commands/datanet/sign.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'import',
      summary: 'Make a Datanet from a version that was made elsewhere',
      details:
        'Every signature is verified first, and nothing is written unless all hold. The copy has the identity, the records, the signatures, the order and the Merkle root of the original, and the same bytes.',
      arguments: {
        version: path({
          required: true,
          help: 'Folder of the version, with records.jsonl, tree.json and version.json',
        }),
        directory: path({ help: 'Folder that becomes a workspace; this one unless given' }),
      },
      options: {},
      examples: [['datanet import bees/datanet/versions/3 copy', 'The third version of bees, in ./copy']],
      config: false,
    },
    () => import('../../commands/datanet/import.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'review',
      summary: 'Approve or reject pending records',
      details: 'Without a decision it lists what is pending. `all` leaves near-duplicates out: decide on them by id.',
      arguments: {},
      options: {
        approve: text({ help: 'Record ids with commas between, or all', placeholder: 'ids' }),
        reject: text({ help: 'Record ids with commas between, or all', placeholder: 'ids' }),
        reason: text({ help: 'Why, kept with the records' }),
        reviewer: text({ help: 'Who decides', default: 'maintainer' }),
      },
      examples: [
        ['datanet review', 'List what is pending'],
        ['datanet review --approve all', 'Approve it'],
      ],
    },
    () => import('../../commands/datanet/review.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'status',
      summary: 'Count records by status and contributor, and list versions',
      arguments: {},
      options: {},
      examples: [['datanet status', 'What is there, and what to do next']],
    },
    () => import('../../commands/datanet/status.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'publish',
      summary: 'Snapshot the approved records and publish their root',
      details: 'Registers the Datanet the first time. Publishing what is published changes nothing.',
      arguments: {},
      options: {},
      examples: [
        ['datanet publish', 'A version of the approved records, its root on the devnet'],
        ['datanet publish --network openledger --account ops --dry-run', 'What would be signed on the public chain'],
      ],
      dryRun: true,
    },
    () => import('../../commands/datanet/publish.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access policy',
      summary: 'Show who may train on a Datanet and contribute to it, or change it',
      details: 'What was granted, published and registered stays as it is.',
      arguments: {},
      options: {
        access: choice(['everyone', 'granted'], { help: 'Who may register models that learnt from it' }),
        contributions: choice(['everyone', 'listed'], { help: 'Whose records it takes' }),
        datanet: hash32({ help: 'Id of the Datanet; the one that this workspace published unless given' }),
      },
      examples: [
        ['datanet access policy', 'What holds now'],
        ['datanet access policy --access granted --yes', 'Train by permission only'],
      ],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessPolicy.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access price',
      summary: 'Set what requests for access must offer at least',
      arguments: { price: amount({ required: true, help: 'OPEN' }) },
      options: { datanet: hash32({ help: 'Id of the Datanet; the one that this workspace published unless given' }) },
      examples: [['datanet access price 12 --yes', 'Ask for 12 OPEN']],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessPrice.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access request',
      summary: 'Ask for permission to train on a Datanet, and pay for it',
      details:
        'The price waits on chain until the owner decides, and comes back unless it approves. Once granted it is earned second by second: what is not earned comes back when the owner revokes. On the devnet the account `user` asks unless --account names another.',
      arguments: { datanet: hash32({ required: true, help: 'Id of the Datanet' }) },
      options: {
        purpose: text({ required: true, help: 'What for; everybody can read it' }),
        days: integer({ help: 'How long, from the approval on', default: 90, min: 1, max: 3650 }),
        offer: amount({ help: 'OPEN to pay; what the owner asks unless given' }),
      },
      examples: [
        ['datanet access request 0x… --purpose "A chat model for sailors"', 'For 90 days, at the owner’s price'],
      ],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessRequest.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access list',
      summary: 'List who asked for access, and what became of it',
      arguments: {},
      options: { datanet: hash32({ help: 'Id of the Datanet; the one that this workspace published unless given' }) },
      examples: [['datanet access list', 'Of the Datanet of this workspace']],
    },
    () => import('../../commands/datanet/accessList.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access approve',
      summary: 'Grant what a request asked for',
      arguments: { request: integer({ required: true, min: 1, help: 'Number of the request' }) },
      options: {},
      examples: [['datanet access approve 3 --yes', 'Grant request 3']],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessApprove.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access grant',
      summary: 'Let an account train on a Datanet without a request or a price',
      details: 'The owner may. The time is added to that of a grant that is there.',
      arguments: { account: text({ required: true, help: 'Address, keystore or devnet account' }) },
      options: {
        days: integer({ help: 'How long', default: 90, min: 1, max: 3650 }),
        datanet: hash32({ help: 'Id of the Datanet; the one that this workspace published unless given' }),
      },
      examples: [['datanet access grant mara --days 30 --yes', 'For a month, for nothing']],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessGrant.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access reject',
      summary: 'Refuse a request; its price goes back',
      arguments: { request: integer({ required: true, min: 1, help: 'Number of the request' }) },
      options: { reason: text({ required: true, help: 'Why; it stands in the log of the chain' }) },
      examples: [['datanet access reject 3 --reason "not for advertising"', 'Refuse request 3']],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessReject.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access cancel',
      summary: 'Take a request back, and its price home',
      arguments: { request: integer({ required: true, min: 1, help: 'Number of the request' }) },
      options: {},
      examples: [['datanet access cancel 3 --yes', 'Take request 3 back']],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessCancel.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access revoke',
      summary: 'End an account’s access; what it has not used goes back',
      arguments: { account: text({ required: true, help: 'Address, keystore or devnet account' }) },
      options: {
        reason: text({ required: true, help: 'Why; it stands in the log of the chain' }),
        datanet: hash32({ help: 'Id of the Datanet; the one that this workspace published unless given' }),
      },
      examples: [['datanet access revoke 0x… --reason "licence broken"', 'End it now']],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessRevoke.js'),
  ),
]
