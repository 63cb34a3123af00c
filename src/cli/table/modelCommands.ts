import { lossParts } from '../../models/data/segments.js'
import { type Command, declareCommand } from '../declareCommand.js'
import { amount, base, choice, hash32, integer, many, path, text } from '../options.js'
import {
  accountHelp,
  baseModel,
  columns,
  dataFiles,
  device,
  force,
  quantize,
  revision,
  sampling,
} from './sharedOptions.js'

/** `openledger model …`. */
export const modelCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'model',
      verb: 'generate',
      summary: 'Answer a prompt with a model and an adapter',
      details:
        'The model takes the likeliest token each time, unless --temperature, --top-k or --top-p ask for sampling. Without a prompt argument the command reads it from standard input.',
      arguments: { text: text({ help: 'The prompt; - for standard input' }) },
      options: {
        prompt: text({ help: 'The prompt' }),
        promptFile: path({ help: 'File with the prompt' }),
        base: baseModel,
        revision,
        adapter: path({ help: 'Folder of a LoRA adapter' }),
        force,
        maxTokens: integer({ help: 'Largest number of tokens of the answer', default: 64, min: 1 }),
        ...sampling,
        quantize,
        device,
      },
      examples: [
        ['model generate "When do I reef?" --adapter adapters/v1', 'Ask the fine-tuned model'],
        ['model generate "When do I reef?" --temperature 0.8 --top-p 0.95 --seed 7', 'Sample an answer'],
      ],
    },
    () => import('../../commands/model/generate.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'chat',
      summary: 'Talk with a model',
      details:
        'On a terminal /help shows what you can type. Otherwise each line of standard input is a turn, and the answers are printed one after the other.',
      arguments: {},
      options: {
        base: baseModel,
        revision,
        adapter: path({ help: 'Folder of a LoRA adapter' }),
        force,
        system: text({ help: 'Instructions on how the model should behave' }),
        maxTokens: integer({ help: 'Largest number of tokens of an answer', default: 256, min: 1 }),
        ...sampling,
        quantize,
        device,
      },
      examples: [
        ['model chat --adapter adapters/v1', 'Talk with the fine-tuned model'],
        ['model chat --json < questions.txt', 'Answer one turn per line, as one JSON document'],
      ],
    },
    () => import('../../commands/model/chat.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'eval',
      summary: 'Measure loss and perplexity on files of records',
      details:
        'Records have the same form as for `openledger train`. With --json the result also holds each record’s loss, in the order of the file.',
      arguments: {},
      options: {
        base: baseModel,
        revision,
        adapter: path({ help: 'Folder of a LoRA adapter' }),
        force,
        data: many(path({ required: true, ...dataFiles })),
        ...columns,
        lossOn: choice(lossParts, { help: 'Tokens that count', default: 'completion' }),
        maxLength: integer({
          help: 'Largest number of tokens of a record',
          defaultText: 'what the model can read',
          min: 2,
        }),
        device,
        quantize,
      },
      examples: [
        ['model eval --adapter adapter --data held-out.jsonl', 'Measure an adapter on records that it has not seen'],
        [
          'model eval --data a.jsonl --data b.jsonl --json',
          'Measure the base model on two files, with every record’s loss',
        ],
      ],
    },
    () => import('../../commands/model/eval.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'inspect',
      summary: 'Show the properties of a base model or an adapter',
      details:
        'The command shows architecture, parameters, context, tokenizer and hash of a base model, or rank, targets, hash and manifest of an adapter.',
      arguments: {
        model: base({ help: 'Folder, or owner/name on the Hugging Face Hub', defaultText: 'the bundled base model' }),
      },
      options: { revision },
      examples: [
        ['model inspect HuggingFaceTB/SmolLM2-135M', 'Fetch a base model and show it'],
        ['model inspect adapter --json', 'Show an adapter with its training manifest'],
      ],
    },
    () => import('../../commands/model/inspect.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'merge',
      summary: 'Write base and adapter as one Hugging Face model',
      details:
        'The weights of every adapted layer become W + scaling B A; everything else is copied. The output folder must not exist.',
      arguments: {},
      options: {
        base: baseModel,
        revision,
        adapter: path({ required: true, help: 'Folder of a LoRA adapter' }),
        force,
        output: path({ required: true, help: 'Folder to make' }),
        dtype: choice(['float32', 'float16', 'bfloat16'], {
          help: 'Type of the weights',
          defaultText: 'the base model’s',
        }),
      },
      examples: [['model merge --adapter adapter --output merged', 'Make a model that needs no adapter']],
    },
    () => import('../../commands/model/merge.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'export',
      summary: 'Write base and adapter as an ONNX model that other tools run',
      details:
        'The command writes the folder of `model merge --dtype float32`, and a model.onnx whose external data are the weights in it. The model takes input_ids, int64 [1, length], and gives logits, float32 [1, length, vocabulary]. The length is fixed; pad shorter texts on the right with any token. The output folder must not exist.',
      arguments: {},
      options: {
        base: baseModel,
        revision,
        adapter: path({ help: 'Folder of a LoRA adapter', defaultText: 'none' }),
        force,
        output: path({ required: true, help: 'Folder to make' }),
        length: integer({
          help: 'Number of tokens that model.onnx reads',
          defaultText: '256, or the context if shorter',
          min: 1,
        }),
      },
      examples: [
        ['model export --adapter adapter --output exported', 'Make a model for ONNX Runtime and other tools'],
        ['model export --output exported --length 512', 'Export the base model for longer texts'],
      ],
    },
    () => import('../../commands/model/export.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'publish',
      summary: 'Register an adapter on chain with its hashes and Datanet version',
      arguments: {},
      options: {
        adapter: path({ help: 'Folder of the adapter', defaultText: 'the newest of the workspace' }),
        inputPrice: amount({ help: 'OPEN for 1000 input tokens', default: 10n ** 18n }),
        outputPrice: amount({ help: 'OPEN for 1000 output tokens', default: 3n * 10n ** 18n }),
      },
      examples: [
        ['model publish --output-price 2.5', 'Register the newest adapter at a price'],
        ['model publish --network openledger --account ops --dry-run', 'Show what would be signed on the public chain'],
      ],
      dryRun: true,
    },
    () => import('../../commands/model/publish.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'price',
      summary: 'Show or change the prices of a model’s answers',
      details: 'A payment that is already on its way pays the price it was quoted, or fails.',
      arguments: {},
      options: {
        model: hash32({ help: 'Id of the model', defaultText: 'that of the adapter' }),
        adapter: path({ help: 'Folder of the adapter', defaultText: 'the newest of the workspace' }),
        inputPrice: amount({ help: 'OPEN for 1000 input tokens from now on' }),
        outputPrice: amount({ help: 'OPEN for 1000 output tokens from now on' }),
      },
      examples: [
        ['model price', 'Show the prices of the newest adapter'],
        ['model price --output-price 2 --yes', 'Change one price'],
      ],
      dryRun: true,
    },
    () => import('../../commands/model/price.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'collect',
      summary: 'Collect the model owner’s part of payments',
      details:
        'The part is a fifth of every payment and redeemed voucher after fees, unless governance has changed it. On the devnet the account `maintainer` collects unless --account names another.',
      arguments: {},
      options: {},
      examples: [['model collect --yes', 'Collect all that the escrow owes you']],
      dryRun: true,
    },
    () => import('../../commands/model/collect.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'ownership offer',
      summary: 'Offer the ownership of a model to an account',
      details:
        'The new owner sets the prices and gets the owner’s part of later payments. The ownership changes when the account accepts. An offer to 0x0000000000000000000000000000000000000000 withdraws the last one.',
      arguments: {
        model: hash32({ required: true, help: 'Id of the model' }),
        to: text({ required: true, help: accountHelp }),
      },
      options: {},
      examples: [['model ownership offer 0x… mara --yes', 'Offer it to mara']],
      dryRun: true,
    },
    () => import('../../commands/model/ownershipOffer.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'ownership accept',
      summary: 'Become the owner of a model that was offered to you',
      details: 'On the devnet the account `user` accepts unless --account names another.',
      arguments: { model: hash32({ required: true, help: 'Id of the model' }) },
      options: {},
      examples: [['model ownership accept 0x… --account mara --yes', 'Accept as mara on the devnet']],
      dryRun: true,
    },
    () => import('../../commands/model/ownershipAccept.js'),
  ),
]
