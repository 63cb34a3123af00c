import { lossParts } from '../../models/data/segments.js'
import { type Command, declareCommand } from '../declareCommand.js'
import { amount, base, choice, hash32, integer, many, path, text } from '../options.js'
import { baseModel, columns, dataFiles, device, force, quantize, revision, sampling } from './sharedOptions.js'

/** `openledger model …`. */
export const modelCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'model',
      verb: 'generate',
      summary: 'Answer a prompt with a model and an adapter',
      details:
        'Takes the likeliest token each time, unless --temperature, --top-k or --top-p ask for tokens to be drawn. Without a prompt it is read from standard input.',
      arguments: { text: text({ help: 'The prompt; - for standard input' }) },
      options: {
        prompt: text({ help: 'The prompt' }),
        promptFile: path({ help: 'File with the prompt' }),
        base: baseModel,
        revision,
        adapter: path({ help: 'Folder of a LoRA adapter' }),
        force,
        maxTokens: integer({ help: 'Tokens of the answer at most', default: 64, min: 1 }),
        ...sampling,
        quantize,
        device,
      },
      examples: [
        ['model generate "When do I reef?" --adapter adapters/v1', 'Ask the fine-tuned model'],
        ['model generate "When do I reef?" --temperature 0.8 --top-p 0.95 --seed 7', 'Draw an answer'],
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
        'On a terminal /help shows what can be typed. Off a terminal each line of standard input is a turn, and each answer is printed behind the other.',
      arguments: {},
      options: {
        base: baseModel,
        revision,
        adapter: path({ help: 'Folder of a LoRA adapter' }),
        force,
        system: text({ help: 'How the model is to behave' }),
        maxTokens: integer({ help: 'Tokens of an answer at most', default: 256, min: 1 }),
        ...sampling,
        quantize,
        device,
      },
      examples: [
        ['model chat --adapter adapters/v1', 'A conversation with the fine-tuned model'],
        ['model chat --json < questions.txt', 'One turn a line, all answers as one JSON document'],
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
        'Records are those of `openledger train`. With --json also each record’s loss, in the order of the file.',
      arguments: {},
      options: {
        base: baseModel,
        revision,
        adapter: path({ help: 'Folder of a LoRA adapter' }),
        force,
        data: many(path({ required: true, ...dataFiles })),
        ...columns,
        lossOn: choice(lossParts, { help: 'Tokens that are counted', default: 'completion' }),
        maxLength: integer({ help: 'Tokens of a record at most; what the model can read unless given', min: 2 }),
        device,
        quantize,
      },
      examples: [
        ['model eval --adapter adapter --data held-out.jsonl', 'How well an adapter does on records it has not seen'],
        ['model eval --data a.jsonl --data b.jsonl --json', 'The base model on two files, with every record’s loss'],
      ],
    },
    () => import('../../commands/model/eval.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'inspect',
      summary: 'Show what a base model or an adapter is',
      details:
        'Architecture, parameters, context, tokenizer and hash of a base; rank, targets, hash and manifest of an adapter.',
      arguments: {
        model: base({ help: 'Folder, or owner/name on the Hugging Face Hub; the bundled base unless given' }),
      },
      options: { revision },
      examples: [
        ['model inspect HuggingFaceTB/SmolLM2-135M', 'Fetch a base model and show it'],
        ['model inspect adapter --json', 'An adapter with its training manifest'],
      ],
    },
    () => import('../../commands/model/inspect.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'merge',
      summary: 'Write base and adapter as one Hugging Face model',
      details: 'W + scaling B A in every adapted layer; everything else is copied. The folder must not exist.',
      arguments: {},
      options: {
        base: baseModel,
        revision,
        adapter: path({ required: true, help: 'Folder of a LoRA adapter' }),
        force,
        output: path({ required: true, help: 'Folder to make' }),
        dtype: choice(['float32', 'float16', 'bfloat16'], { help: 'Type of the weights; the base’s unless given' }),
      },
      examples: [['model merge --adapter adapter --output merged', 'A model that needs no adapter']],
    },
    () => import('../../commands/model/merge.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'export',
      summary: 'Write base and adapter as an ONNX model that other tools run',
      details:
        'The folder of model merge --dtype float32, with a model.onnx beside the weights, which are its external data. It takes input_ids, int64 [1, length], and gives logits, float32 [1, length, vocabulary]; length is fixed, and shorter texts are padded on the right with any token. The folder must not exist.',
      arguments: {},
      options: {
        base: baseModel,
        revision,
        adapter: path({ help: 'Folder of a LoRA adapter; the base alone unless given' }),
        force,
        output: path({ required: true, help: 'Folder to make' }),
        length: integer({
          help: 'Tokens that model.onnx reads; 256, or the context where shorter, unless given',
          min: 1,
        }),
      },
      examples: [
        ['model export --adapter adapter --output exported', 'A model for ONNX Runtime and other tools'],
        ['model export --output exported --length 512', 'The base alone, for longer texts'],
      ],
    },
    () => import('../../commands/model/export.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'publish',
      summary: 'Register an adapter with its hashes and Datanet version',
      arguments: {},
      options: {
        adapter: path({ help: 'Folder of the adapter; the newest of the workspace unless given' }),
        inputPrice: amount({ help: 'OPEN for 1000 input tokens', default: 10n ** 18n }),
        outputPrice: amount({ help: 'OPEN for 1000 output tokens', default: 3n * 10n ** 18n }),
      },
      examples: [
        ['model publish --output-price 2.5', 'Register the newest adapter at a price'],
        ['model publish --network openledger --account ops --dry-run', 'What would be signed on the public chain'],
      ],
      dryRun: true,
    },
    () => import('../../commands/model/publish.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'price',
      summary: 'Show what a model’s answers cost, or change it',
      details: 'A payment that is under way pays what it was quoted, or nothing.',
      arguments: {},
      options: {
        model: hash32({ help: 'Id of the model; that of the adapter unless given' }),
        adapter: path({ help: 'Folder of the adapter; the newest of the workspace unless given' }),
        inputPrice: amount({ help: 'OPEN for 1000 input tokens from now on' }),
        outputPrice: amount({ help: 'OPEN for 1000 output tokens from now on' }),
      },
      examples: [
        ['model price', 'What the newest adapter costs'],
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
      summary: 'Collect the model owner’s part of what was paid',
      details:
        'A fifth of the net of every payment and redeemed voucher, unless governance has changed it. On the devnet the account `maintainer` collects unless --account names another.',
      arguments: {},
      options: {},
      examples: [['model collect --yes', 'All that the escrow owes you']],
      dryRun: true,
    },
    () => import('../../commands/model/collect.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'ownership offer',
      summary: 'Offer a model to somebody: its prices, and the owner’s part of payments to come',
      details:
        'It changes hands when the other accepts. The address 0x0000000000000000000000000000000000000000 takes the offer back.',
      arguments: {
        model: hash32({ required: true, help: 'Id of the model' }),
        to: text({ required: true, help: 'Address, keystore or devnet account' }),
      },
      options: {},
      examples: [['model ownership offer 0x… mara --yes', 'Mara may accept it']],
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
      examples: [['model ownership accept 0x… --account mara --yes', 'On the devnet, as mara']],
      dryRun: true,
    },
    () => import('../../commands/model/ownershipAccept.js'),
  ),
]
