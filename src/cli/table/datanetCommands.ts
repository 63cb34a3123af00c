import { type Command, declareCommand } from '../declareCommand.js'
import { path, text } from '../options.js'

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
        'A line is {"prompt","completion"}, {"messages"} or {"text"}. Either every line brings contributor and signature (EIP-712), or --contributor names a keystore or a devnet account that signs here. All lines are added, or none.',
      arguments: { file: path({ required: true, help: 'JSON Lines file of records' }) },
      options: { contributor: text({ help: 'Keystore, signer’s address or devnet account that signs the lines' }) },
      examples: [['datanet add records.jsonl --contributor mara', 'Sign with the devnet account mara, and add']],
    },
    () => import('../../commands/datanet/add.js'),
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
]
