import { defaultMinimumShare, defaultScorer } from '../attribution/defaults.js'
import { type Command, declareCommand } from './declareCommand.js'
import { amount, base, choice, exactText, flag, integer, many, number, path, text, toggle } from './options.js'

const device = choice(['cpu', 'webgpu', 'cuda', 'dml', 'coreml', 'auto'], {
  help: 'Where tensors are computed',
  default: 'cpu',
})

const baseModel = base({
  help: 'Folder of the base model, or owner/name on the Hugging Face Hub; the bundled one unless given',
  env: 'OPENLEDGER_BASE',
})
const revision = text({ help: 'Branch, tag or commit of a base model of the Hub', placeholder: 'revision' })

const quantize = choice(['int8', 'int4'], {
  help: 'Keep the base’s linear layers in 8 or 4 bits (QLoRA): less memory, nearly the same numbers',
})
const sampling = {
  temperature: number({ help: 'Draw tokens; below 1 likely ones more often, 0 takes the likeliest', min: 0 }),
  topK: integer({ help: 'Draw among the so many likeliest tokens', min: 1 }),
  topP: number({ help: 'Draw among the likeliest tokens that have this probability together', above: 0, max: 1 }),
  repetitionPenalty: number({ help: 'Above 1: tokens that are there already become less likely', above: 0 }),
  stop: many(exactText({ help: 'Text that ends the answer; may be given more than once' })),
  seed: integer({ help: 'Seed of the tokens drawn; a new one each time unless given', min: 0, max: 4_294_967_295 }),
} as const

/** Every command. A row holds data only, so that `openledger --help` loads none of the work behind it. */
export const commandTable: readonly Command[] = [
  declareCommand(
    {
      noun: 'quickstart',
      summary: 'Do the main job end to end, from a Datanet to paid contributors',
      details:
        'Makes a workspace, starts a local L1 and L2, trains, answers, attributes, pays and checks every number. Stops what it started.',
      arguments: { directory: path({ help: 'Folder to make; openledger-quickstart unless given' }) },
      options: {
        template: text({ help: 'Template of the Datanet', default: 'seamanship' }),
        keepDevnet: flag({ help: 'Leave the devnet running' }),
      },
      examples: [
        ['quickstart', 'Everything, in ./openledger-quickstart'],
        ['quickstart my-net --keep-devnet', 'Go on with the single commands afterwards'],
        ['quickstart --json', 'The same as one JSON document'],
      ],
      config: false,
    },
    () => import('../commands/quickstart.js'),
  ),
  declareCommand(
    {
      noun: 'init',
      summary: 'Make a workspace from a template',
      arguments: { directory: path({ required: true, help: 'Folder to make' }) },
      options: {
        template: text({ help: 'Template to copy', default: 'seamanship' }),
        name: text({ help: "Name of the Datanet; the template's unless given" }),
      },
      examples: [['init my-net', 'A workspace with the seamanship Datanet, signed and approved']],
      config: false,
    },
    () => import('../commands/init.js'),
  ),
  declareCommand(
    {
      noun: 'doctor',
      summary: 'Check that this machine has what openledger needs',
      details: 'Each check that fails says how to mend it. Exit code 1 when one fails.',
      arguments: {},
      options: {},
      examples: [
        ['doctor', 'Check this machine'],
        ['doctor --json', 'The same as one JSON document, for a report or a script'],
      ],
      config: false,
    },
    () => import('../commands/doctor.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'up',
      summary: 'Start a local L1 and L2 whose gas is OPEN',
      details: 'Runs in the foreground until Ctrl-C. A devnet that runs already is left as it is.',
      arguments: {},
      options: {
        detach: flag({ help: 'Run in the background, until `devnet down`', short: 'd' }),
        l1Port: integer({ help: 'Port of the L1; 0 for any free one', default: 0, min: 0, max: 65535 }),
        l2Port: integer({ help: 'Port of the L2; 0 for any free one', default: 0, min: 0, max: 65535 }),
      },
      examples: [
        ['devnet up -d', 'In the background'],
        ['devnet up --l2-port 9545', 'With a fixed port'],
      ],
    },
    () => import('../commands/devnet/up.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'down',
      summary: 'Stop the devnet',
      details: 'Its state is gone with it: a devnet starts anew each time.',
      arguments: {},
      options: {},
      examples: [['devnet down', 'Stop both nodes']],
    },
    () => import('../commands/devnet/down.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'status',
      summary: 'Show the nodes, contracts and logs of the devnet',
      details: 'Exit code 5 when it does not run.',
      arguments: {},
      options: {},
      examples: [['devnet status --json', 'URLs and addresses for a script']],
    },
    () => import('../commands/devnet/status.js'),
  ),
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
    () => import('../commands/datanet/init.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'add',
      summary: 'Add records, signed by their contributor',
      details:
        'A line is {"prompt","completion"}, {"messages"} or {"text"}. Either every line brings contributor and signature (EIP-712), or --contributor names a devnet account that signs here. All lines are added, or none.',
      arguments: { file: path({ required: true, help: 'JSON Lines file of records' }) },
      options: { contributor: text({ help: 'Devnet account that signs the lines' }) },
      examples: [['datanet add records.jsonl --contributor mara', 'Sign with the devnet account mara, and add']],
    },
    () => import('../commands/datanet/add.js'),
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
    () => import('../commands/datanet/review.js'),
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
    () => import('../commands/datanet/status.js'),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'publish',
      summary: 'Snapshot the approved records and publish their root',
      details: 'Registers the Datanet the first time. Publishing what is published changes nothing.',
      arguments: {},
      options: {},
      examples: [['datanet publish', 'A version of the approved records, its root on the devnet']],
    },
    () => import('../commands/datanet/publish.js'),
  ),
  declareCommand(
    {
      noun: 'train',
      summary: 'Fine-tune a LoRA adapter on a file or a Datanet version',
      details:
        'Records are {"text"}, {"prompt","completion"}, {"messages"}, alpaca or ShareGPT, in JSON Lines or JSON. Without --data the newest version of the workspace’s Datanet is trained on. The adapter opens in Hugging Face PEFT.',
      arguments: {},
      options: {
        base: baseModel,
        revision,
        data: path({ help: 'JSON Lines or JSON file of records' }),
        datanet: integer({
          help: 'Version of the workspace’s Datanet; the newest unless given',
          placeholder: 'version',
          min: 1,
        }),
        output: path({ help: 'Folder of the adapter' }),
        config: path({
          help: 'YAML or JSON file of these settings, by the names of the flags or of Axolotl and PEFT; flags win',
        }),
        evalData: path({ help: 'JSON Lines or JSON file to evaluate on, never trained on' }),
        evalSplit: number({ help: 'Share of the records held out to evaluate on', default: 0, min: 0, max: 0.9 }),
        rank: integer({ help: 'Rank of the adapter; 8 unless given', min: 1, max: 1024 }),
        alpha: number({ help: 'Scaling is alpha / rank; 16 unless given', above: 0 }),
        dropout: number({
          help: 'Share of a layer’s inputs that its adapter does not see in a step',
          default: 0,
          min: 0,
          max: 0.99,
        }),
        useRslora: flag({ help: 'Scaling is alpha / sqrt(rank), for high ranks' }),
        useDora: flag({ help: 'Train the magnitude of each weight’s rows apart (DoRA)' }),
        targetModules: text({
          help: 'Layer names with commas between, a regular expression, or all-linear; all-linear unless given',
          placeholder: 'modules',
        }),
        layers: text({
          help: 'Decoder layers to adapt, from 0, such as 0-3,7; all unless given',
          placeholder: 'numbers',
        }),
        initLoraWeights: choice(['kaiming', 'gaussian'], {
          help: 'How lora_A begins; lora_B begins with zeros',
          default: 'kaiming',
        }),
        initAdapter: path({ help: 'Folder of an adapter to train further; rank, alpha and targets are its own' }),
        epochs: number({ help: 'Passes over the records', default: 3, above: 0 }),
        maxSteps: integer({ help: 'Optimiser steps, instead of epochs', min: 1 }),
        batchSize: integer({ help: 'Sequences of one run', default: 4, min: 1 }),
        gradientAccumulation: integer({ help: 'Runs of one step', default: 1, min: 1 }),
        maxLength: integer({ help: 'Tokens of a record at most; what the model can read unless given', min: 2 }),
        learningRate: number({ help: 'Highest learning rate', default: 2e-4, above: 0 }),
        lrScheduler: choice(['constant', 'linear', 'cosine', 'warmup_stable_decay'], {
          help: 'Course of the learning rate',
          default: 'cosine',
        }),
        warmup: number({ help: 'Share of the steps, below 1, or steps, to warm up over', default: 0.05, min: 0 }),
        decay: number({
          help: 'Share of the steps, below 1, or steps, that warmup_stable_decay falls over at the end',
          default: 0.1,
          above: 0,
        }),
        weightDecay: number({ help: 'Decoupled weight decay', default: 0, min: 0 }),
        maxGradNorm: number({ help: 'Norm that gradients are clipped to', default: 1, above: 0 }),
        lossOn: choice(['completion', 'assistant', 'all'], {
          help: 'Tokens that are learned: what answers the prompt, turns of the assistant alone, or every one',
          default: 'completion',
        }),
        packing: toggle({
          help: 'Several records in a row of --max-length tokens (512 unless given), none seeing another',
          default: false,
        }),
        shuffle: toggle({ help: 'Another order in every epoch, drawn from the seed', default: true }),
        evalSteps: integer({ help: 'Steps between evaluations of the held-out records', min: 1 }),
        earlyStopping: integer({
          help: 'Stop after this many evaluations (one an epoch, or --eval-steps) without a lower loss, and take the best',
          min: 1,
          bare: 3,
        }),
        saveSteps: integer({ help: 'Keep a checkpoint every so many steps in the folder of the adapter', min: 1 }),
        saveTotalLimit: integer({ help: 'Keep only the newest checkpoints', min: 1 }),
        resume: flag({ help: 'Go on from the newest checkpoint of the same training, interrupted or killed' }),
        seed: integer({ help: 'Seed of initialisation and order', default: 0, min: 0, max: 4_294_967_295 }),
        device,
        quantize,
        compute: choice(['float32', 'int8'], {
          help: 'What products with the frozen base are computed in; int8 where the processor is faster at it',
          default: 'float32',
        }),
      },
      examples: [
        ['train', 'On the newest version of the workspace’s Datanet'],
        ['train --data records.jsonl --output adapter --epochs 3 --rank 8', 'On a file, with no Datanet'],
        ['train --data records.jsonl --dry-run', 'What it would do and take: tokens with loss, steps, time, memory'],
        ['train --config train.yaml --rank 16', 'With settings from a file, one of them replaced'],
        ['train --data records.jsonl --output adapter --resume', 'The same command, interrupted, goes on'],
        ['train --data records.jsonl --output adapter --yes --json', 'In CI, replacing the adapter'],
      ],
      dryRun: true,
      settings: () => import('../lora/trainingConfig.js'),
    },
    () => import('../commands/train.js'),
  ),
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
    () => import('../commands/model/generate.js'),
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
    () => import('../commands/model/chat.js'),
  ),
  declareCommand(
    {
      noun: 'model',
      verb: 'eval',
      summary: 'Measure loss and perplexity on files of records',
      details:
        'Lines are {"prompt","completion"}, {"messages"} or {"text"}. With --json also each record’s loss, in the order of the file.',
      arguments: {},
      options: {
        base: baseModel,
        revision,
        adapter: path({ help: 'Folder of a LoRA adapter' }),
        data: many(path({ required: true, help: 'JSON Lines file of records; may be given more than once' })),
        lossOn: choice(['completion', 'assistant', 'all'], { help: 'Tokens that are counted', default: 'completion' }),
        maxLength: integer({ help: 'Tokens of a record at most; what the model can read unless given', min: 2 }),
        device,
        quantize,
      },
      examples: [
        ['model eval --adapter adapter --data held-out.jsonl', 'How well an adapter does on records it has not seen'],
        ['model eval --data a.jsonl --data b.jsonl --json', 'The base model on two files, with every record’s loss'],
      ],
    },
    () => import('../commands/model/eval.js'),
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
    () => import('../commands/model/inspect.js'),
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
        output: path({ required: true, help: 'Folder to make' }),
        dtype: choice(['float32', 'float16', 'bfloat16'], { help: 'Type of the weights; the base’s unless given' }),
      },
      examples: [['model merge --adapter adapter --output merged', 'A model that needs no adapter']],
    },
    () => import('../commands/model/merge.js'),
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
    () => import('../commands/model/export.js'),
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
      examples: [['model publish --output-price 2.5', 'Register the newest adapter at a price']],
    },
    () => import('../commands/model/publish.js'),
  ),
  declareCommand(
    {
      noun: 'attribute',
      summary: 'Trace answers to the records that shaped them',
      details:
        'A line is {"prompt"}, {"prompt","completion"} or {"messages"}; without an answer the model gives one. Needs no Datanet and no chain: an adapter folder knows its base and data. With --pay each answer’s fee goes into the escrow.',
      arguments: {},
      options: {
        queries: path({ required: true, help: 'JSON Lines file of questions' }),
        adapter: path({ help: 'Folder of the adapter; the newest of the workspace unless given' }),
        output: path({ help: 'JSON Lines file for every record’s score and share' }),
        base: base({ help: 'Where the base model lies now, if not where it was trained from' }),
        revision,
        data: path({ help: 'Where the training data lies now, if not where it was' }),
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
        pay: flag({ help: 'Pay each answer’s fee into the escrow, as the devnet’s user' }),
      },
      examples: [
        ['attribute --adapter adapter --queries questions.jsonl --output scores.jsonl', 'On files alone'],
        ['attribute --queries datanet/questions.jsonl --pay --yes', 'In a workspace, and pay for the answers'],
      ],
      dryRun: true,
    },
    () => import('../commands/attribute.js'),
  ),
  declareCommand(
    {
      noun: 'rewards',
      verb: 'post',
      summary: 'Post an epoch of everything that was paid for since the last',
      arguments: {},
      options: {},
      examples: [
        ['rewards post --dry-run', 'What would be posted'],
        ['rewards post --yes', 'Post it, with the bond'],
      ],
      dryRun: true,
    },
    () => import('../commands/rewards/post.js'),
  ),
  declareCommand(
    {
      noun: 'rewards',
      verb: 'claim',
      summary: 'Pay contributors what they have earned',
      details: 'Finalizes the newest epoch once its challenge window is over. The relayer pays the gas.',
      arguments: {},
      options: {
        account: text({ help: 'Only this address or devnet account' }),
        warp: flag({ help: 'On the devnet: move its clock past the challenge window' }),
      },
      examples: [
        ['rewards claim --warp --yes', 'On the devnet, for everybody'],
        ['rewards claim --account mara', 'For one account'],
      ],
    },
    () => import('../commands/rewards/claim.js'),
  ),
  declareCommand(
    {
      noun: 'rewards',
      verb: 'status',
      summary: 'Show epochs, earnings and claims',
      arguments: {},
      options: {},
      examples: [['rewards status', 'Who earned what']],
    },
    () => import('../commands/rewards/status.js'),
  ),
  declareCommand(
    {
      noun: 'rewards',
      verb: 'verify',
      summary: 'Check every number of every epoch, off chain and on chain',
      details: 'Exit code 6 when a check finds a mismatch.',
      arguments: {},
      options: {},
      examples: [['rewards verify --json', 'For a monitor: exit code 6 on a mismatch']],
    },
    () => import('../commands/rewards/verify.js'),
  ),
]
