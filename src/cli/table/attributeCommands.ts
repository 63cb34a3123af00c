import { defaultMinimumShare, defaultScorer } from '../../attribution/shares/defaults.js'
import { type Command, declareCommand } from '../declareCommand.js'
import { base, choice, flag, integer, many, number, path } from '../options.js'
import { columns, dataFormats, device, revision } from './sharedOptions.js'

/** `openledger attribute`. */
export const attributeCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'attribute',
      summary: 'Trace answers to the records that shaped them',
      details:
        'A line is {"prompt"}, {"prompt","completion"} or {"messages"}; without an answer the model gives one. Needs no Datanet and no chain: an adapter folder knows its base and data. With --pay each answer’s fee goes into the escrow; with --voucher nothing is sent, and one signature pays for all answers when `inference voucher redeem` redeems it.',
      arguments: {},
      options: {
        queries: path({ required: true, help: `File of questions (${dataFormats})` }),
        ...columns,
        adapter: path({ help: 'Folder of the adapter; the newest of the workspace unless given' }),
        output: path({ help: 'JSON Lines file for every record’s score and share' }),
        base: base({ help: 'Where the base model lies now, if not where it was trained from' }),
        revision,
        data: many(
          path({ help: 'Where the training data lies now, if not where it was; several in the order of the training' }),
        ),
        scorer: choice(['grad-cos', 'grad-dot', 'datainf', 'efim', 'trak'], {
          help: 'How influence is scored; trak without its weight 1 - p',
          default: defaultScorer,
        }),
        damping: number({ help: 'Damping of datainf, efim and trak, times the mean eigenvalue', above: 0 }),
        minimumShare: number({
          help: 'Noise floor, as a part of the strongest record’s score',
          default: defaultMinimumShare,
          min: 0,
          max: 1,
        }),
        generate: flag({ help: 'Let the model answer also where the file gives an answer' }),
        maxTokens: integer({ help: 'Tokens of a generated answer at most', default: 64, min: 1 }),
        device,
        pay: flag({ help: 'Pay each answer’s fee into the escrow, as the devnet’s user or as --account' }),
        voucher: flag({ help: 'Sign one voucher for all answers instead, against the payer’s deposit' }),
      },
      examples: [
        ['attribute --adapter adapter --queries questions.jsonl --output scores.jsonl', 'On files alone'],
        ['attribute --queries datanet/questions.jsonl --pay --yes', 'In a workspace, and pay for the answers'],
        ['attribute --queries datanet/questions.jsonl --voucher --yes', 'Pay with a signature, against a deposit'],
      ],
      dryRun: true,
    },
    () => import('../../commands/attribute.js'),
  ),
]
