import { type ScorerName, scorerNames } from '../../attribution/scorers/scorerNames.js'
import { defaultMinimumShare, defaultScorer } from '../../attribution/shares/defaults.js'
import { type Command, declareCommand } from '../declareCommand.js'
import { base, choice, flag, integer, many, number, path } from '../options.js'
import { columns, dataFormats, device, revision } from './sharedOptions.js'

const names = Object.keys(scorerNames) as ScorerName[]
const damped = new Intl.ListFormat('en-GB').format(names.filter((name) => scorerNames[name].damped))

/** `openledger attribute`. */
export const attributeCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'attribute',
      summary: 'Trace answers to the records that shaped them',
      details:
        'A line is {"prompt"}, {"prompt","completion"} or {"messages"}; the model generates an answer that is missing. The command needs no Datanet and no chain, because an adapter folder names its base model and data. With --pay each answer’s fee goes into the escrow. With --voucher nothing is sent: one signature pays for all answers when `inference voucher redeem` redeems it.',
      arguments: {},
      options: {
        queries: path({ required: true, help: `File of questions (${dataFormats})` }),
        ...columns,
        adapter: path({ help: 'Folder of the adapter', defaultText: 'the newest of the workspace' }),
        output: path({ help: 'JSON Lines file to write every record’s score and share to' }),
        base: base({ help: 'Base model, if it has moved since the training' }),
        revision,
        data: many(path({ help: 'Training data, if it has moved; repeat the option in the order of the training' })),
        scorer: choice(names, {
          help: 'Method that scores influence; trak is without its weight 1 - p',
          default: defaultScorer,
        }),
        damping: number({ help: `Damping of ${damped}, as a multiple of the mean eigenvalue`, above: 0 }),
        minimumShare: number({
          help: 'Noise floor, as a part of the strongest record’s score',
          default: defaultMinimumShare,
          min: 0,
          max: 1,
        }),
        generate: flag({ help: 'Generate answers even where the file has them' }),
        maxTokens: integer({ help: 'Largest number of tokens of a generated answer', default: 64, min: 1 }),
        device,
        pay: flag({ help: 'Pay each answer’s fee into the escrow, as --account or the devnet’s user' }),
        voucher: flag({ help: 'Sign one voucher for all answers, covered by the payer’s deposit' }),
      },
      examples: [
        ['attribute --adapter adapter --queries questions.jsonl --output scores.jsonl', 'Attribute with files alone'],
        ['attribute --queries datanet/questions.jsonl --pay --yes', 'Attribute in a workspace and pay for the answers'],
        ['attribute --queries datanet/questions.jsonl --voucher --yes', 'Pay with a signature that a deposit covers'],
      ],
      dryRun: true,
    },
    () => import('../../commands/attribute.js'),
  ),
]
