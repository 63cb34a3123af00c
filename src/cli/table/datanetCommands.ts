import { type Command, declareCommand } from '../declareCommand.js'
import { amount, choice, flag, hash32, integer, path, text } from '../options.js'
import { accountHelp, columns, dataFormats, datanetId } from './sharedOptions.js'

/** `openledger datanet …`. */
export const datanetCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'datanet',
      verb: 'init',
      summary: 'Make an empty Datanet',
      arguments: { directory: path({ help: 'Folder of the workspace', defaultText: 'this one' }) },
      options: {
        name: text({ help: 'Name on chain: lower-case letters, digits and dashes', required: true }),
        title: text({ help: 'Name for people' }),
        description: text({ help: 'What the records are about' }),
        licence: text({
          help: 'SPDX identifier of the records’ licence',
          default: 'CC-BY-4.0',
          env: 'OPENLEDGER_LICENCE',
        }),
        domain: text({ help: 'Subject area' }),
      },
      examples: [['datanet init bees --name bees --title "Keeping bees"', 'Make an empty Datanet in ./bees']],
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
        'A record is {"prompt","completion"}, {"messages"} or {"text"}. It has no other fields except contributor, licence and signature; --map leaves other columns out. Either every line has a contributor and a signature (EIP-712), or --contributor names a keystore or devnet account that signs the lines. The command adds all lines or none. Once the Datanet is published on the network (--network), the command first asks its registry whether it accepts records of each contributor. A network that does not answer is an error; --offline skips the question. Before the Datanet is published there is no list to ask.',
      arguments: { file: path({ required: true, help: `File of records (${dataFormats})` }) },
      options: {
        ...columns,
        contributor: text({ help: 'Keystore, address of the signer or devnet account that signs the lines' }),
        offline: flag({ help: 'Do not ask the chain which accounts may contribute; you take responsibility' }),
      },
      examples: [
        ['datanet add records.jsonl --contributor mara', 'Sign with the devnet account mara and add'],
        [
          'datanet add faq.csv --map prompt=Question,completion=Answer --contributor mara',
          'Add two columns of a table',
        ],
      ],
    },
    () => import('../../commands/datanet/add.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'descriptor',
      summary: 'Write the file that contributors need for signing on their own machines',
      details:
        'The file holds the Datanet’s identity, name, title and default licence, and nothing secret. Without --out the command only shows it.',
      arguments: {},
      options: { out: path({ help: 'File to write, such as datanet.json' }) },
      examples: [['datanet descriptor --out datanet.json', 'Write a file to give to contributors']],
    },
    () => import('../../commands/datanet/descriptor.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'sign',
      summary: 'Sign records on your own machine, for a Datanet that somebody else keeps',
      details:
        'The command needs no workspace and no network. The account that --account names signs each record with EIP-712 (docs/signatures.md), for the identity of the Datanet and the licence of the record. The account is a keystore, the network’s signer command or a devnet account. The command shows first what is signed, and `datanet add` takes the written file as it is.',
      arguments: { file: path({ required: true, help: `File of records (${dataFormats})` }) },
      options: {
        ...columns,
        datanet: path({ help: 'Descriptor that the owner gave you', defaultText: 'this workspace’s Datanet' }),
        identity: hash32({ help: 'Identity of the Datanet when there is no descriptor; requires --licence' }),
        licence: text({ help: 'SPDX identifier for records that name none', defaultText: 'the Datanet’s' }),
        out: path({ help: 'File to write', defaultText: '<file>.signed.jsonl' }),
      },
      examples: [
        [
          'datanet sign notes.jsonl --datanet datanet.json --account mara',
          'Write notes.signed.jsonl for the owner to add',
        ],
        ['datanet sign notes.jsonl --datanet datanet.json --account mara --dry-run', 'Show what would be signed'],
      ],
      dryRun: true,
    },
    () => import('../../commands/datanet/sign.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'import',
      summary: 'Make a Datanet from a version of another machine',
      details:
        'The command first verifies every signature, and writes nothing unless all are valid. The copy has the identity, records, signatures, order and Merkle root of the original, byte for byte.',
      arguments: {
        version: path({
          required: true,
          help: 'Folder of the version, with records.jsonl, tree.json and version.json',
        }),
        directory: path({ help: 'Folder that becomes a workspace', defaultText: 'this one' }),
      },
      options: {},
      examples: [['datanet import bees/datanet/versions/3 copy', 'Import the third version of bees into ./copy']],
      config: false,
    },
    () => import('../../commands/datanet/import.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'review',
      summary: 'Approve or reject pending records',
      details:
        'Without a decision the command lists the pending records. `all` leaves near-duplicates out: decide on them by id.',
      arguments: {},
      options: {
        approve: text({ help: 'Record ids separated by commas, or all', placeholder: 'ids' }),
        reject: text({ help: 'Record ids separated by commas, or all', placeholder: 'ids' }),
        reason: text({ help: 'Reason, kept with the records' }),
        reviewer: text({ help: 'Name of the reviewer', default: 'maintainer' }),
      },
      examples: [
        ['datanet review', 'List the pending records'],
        ['datanet review --approve all', 'Approve them all'],
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
      examples: [['datanet status', 'Show the records, and what to do next']],
    },
    () => import('../../commands/datanet/status.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'publish',
      summary: 'Make a version of the approved records and publish its root',
      details:
        'The first time, the command also registers the Datanet. Publishing the same records again changes nothing.',
      arguments: {},
      options: {},
      examples: [
        ['datanet publish', 'Publish the approved records on the devnet'],
        [
          'datanet publish --network openledger --account ops --dry-run',
          'Show what would be signed on the public chain',
        ],
      ],
      dryRun: true,
    },
    () => import('../../commands/datanet/publish.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access policy',
      summary: 'Show or change who may train on a Datanet and contribute to it',
      details: 'A change leaves granted access, published versions and registered models as they are.',
      arguments: {},
      options: {
        access: choice(['everyone', 'granted'], { help: 'Accounts that may register models trained on it' }),
        contributions: choice(['everyone', 'listed'], { help: 'Accounts whose records it accepts' }),
        datanet: datanetId,
      },
      examples: [
        ['datanet access policy', 'Show the current policy'],
        ['datanet access policy --access granted --yes', 'Allow training by permission only'],
      ],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessPolicy.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access price',
      summary: 'Set the lowest price of access',
      arguments: { price: amount({ required: true, help: 'OPEN that a request must offer at least' }) },
      options: { datanet: datanetId },
      examples: [['datanet access price 12 --yes', 'Ask for 12 OPEN']],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessPrice.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access request',
      summary: 'Ask and pay for permission to train on a Datanet',
      details:
        'The price stays on chain until the owner decides, and comes back unless the owner approves. After the approval the owner earns it second by second; what is not yet earned comes back when the owner revokes the access. On the devnet the account `user` asks unless --account names another.',
      arguments: { datanet: hash32({ required: true, help: 'Id of the Datanet' }) },
      options: {
        purpose: text({ required: true, help: 'Purpose, which everybody can read' }),
        days: integer({ help: 'Days of access after the approval', default: 90, min: 1, max: 3650 }),
        offer: amount({ help: 'OPEN to pay', defaultText: 'the owner’s price' }),
      },
      examples: [
        ['datanet access request 0x… --purpose "A chat model for sailors"', 'Ask for 90 days at the owner’s price'],
      ],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessRequest.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access list',
      summary: 'List the requests for access and the decisions on them',
      arguments: {},
      options: { datanet: datanetId },
      examples: [['datanet access list', 'List those of the workspace’s Datanet']],
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
      details: 'Only the owner may do this. The days are added to those of an existing grant.',
      arguments: { account: text({ required: true, help: accountHelp }) },
      options: {
        days: integer({ help: 'Days of access', default: 90, min: 1, max: 3650 }),
        datanet: datanetId,
      },
      examples: [['datanet access grant mara --days 30 --yes', 'Grant 30 days for free']],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessGrant.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access reject',
      summary: 'Refuse a request and return its price',
      arguments: { request: integer({ required: true, min: 1, help: 'Number of the request' }) },
      options: { reason: text({ required: true, help: 'Reason, written to the log of the chain' }) },
      examples: [['datanet access reject 3 --reason "not for advertising"', 'Refuse request 3']],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessReject.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access cancel',
      summary: 'Withdraw a request and get its price back',
      arguments: { request: integer({ required: true, min: 1, help: 'Number of the request' }) },
      options: {},
      examples: [['datanet access cancel 3 --yes', 'Withdraw request 3']],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessCancel.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access revoke',
      summary: 'End an account’s access and return what it paid for the remaining time',
      arguments: { account: text({ required: true, help: accountHelp }) },
      options: {
        reason: text({ required: true, help: 'Reason, written to the log of the chain' }),
        datanet: datanetId,
      },
      examples: [['datanet access revoke 0x… --reason "licence broken"', 'End the access now']],
      dryRun: true,
    },
    () => import('../../commands/datanet/accessRevoke.js'),
  ),
]
