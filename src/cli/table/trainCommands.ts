import { settingValues as values } from '../../lora/settings/settingValues.js'
import { type Command, declareCommand } from '../declareCommand.js'
import { choice, flag, integer, many, number, path, text, toggle } from '../options.js'
import { baseModel, columns, dataFiles, dataFormats, device, force, quantize, revision } from './sharedOptions.js'

// An adapter that training begins with brings its own: a flag with a default would contradict it.
const { default: rank, ...rankRange } = values.rank
const { default: alpha, ...alphaRange } = values.alpha

/** `openledger train`. */
export const trainCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'train',
      summary: 'Fine-tune a LoRA adapter on a file or a Datanet version',
      details:
        'Records are {"text"}, {"prompt","completion"}, {"messages"}, alpaca or ShareGPT, in JSON Lines, JSON, CSV, TSV or Parquet; --map names their columns if they have other names. If the base model has no chat template, a prompt and its completion are joined as they are, with the end token after them. Without --data the command trains on the newest version of the workspace’s Datanet. The adapter opens in Hugging Face PEFT. Settings that a file of another tool leaves out take the defaults below, not that tool’s.',
      arguments: {},
      options: {
        base: baseModel,
        revision,
        data: many(path(dataFiles)),
        ...columns,
        datanet: integer({
          help: 'Version of the workspace’s Datanet',
          defaultText: 'the newest',
          placeholder: 'version',
          min: 1,
        }),
        output: path({ help: 'Folder of the adapter', defaultText: 'adapters/v<version> in a workspace' }),
        config: path({
          help: 'YAML or JSON file of these settings, with the names of the flags or of Axolotl, TRL, PEFT and LLaMA-Factory; flags take precedence',
        }),
        evalData: path({ help: `File of records for evaluation, not for training (${dataFormats})` }),
        evalSplit: number({ help: 'Share of the records held out for evaluation', ...values.evalSplit }),
        rank: integer({ help: 'Rank of the adapter', defaultText: `${rank}`, ...rankRange }),
        alpha: number({ help: 'Scaling is alpha / rank', defaultText: `${alpha}`, ...alphaRange }),
        dropout: number({
          help: 'Share of a layer’s inputs that its adapter does not see in a step',
          ...values.dropout,
        }),
        useRslora: flag({ help: 'Scaling is alpha / sqrt(rank), for high ranks' }),
        useDora: flag({ help: 'Train the magnitude of each weight’s rows separately (DoRA)' }),
        targetModules: text({
          help: 'Layer names separated by commas, a regular expression, or all-linear',
          defaultText: 'all-linear',
          placeholder: 'modules',
        }),
        excludeModules: text({
          help: 'Layers not to adapt although --target-modules names them, in the same form',
          placeholder: 'modules',
        }),
        modulesToSave: text({
          help: 'Modules to train and save whole, such as lm_head, separated by commas',
          placeholder: 'modules',
        }),
        bias: choice(values.bias.words, {
          help: 'Biases to train: those of the adapted layers (lora_only), or all',
          default: values.bias.default,
        }),
        rankPattern: text({
          help: 'Other ranks for some layers, as JSON with regular expressions over their names: {"q_proj": 16}',
          placeholder: 'json',
        }),
        alphaPattern: text({
          help: 'Other alphas for some layers, in the same form',
          placeholder: 'json',
        }),
        layers: text({
          help: 'Decoder layers to adapt, counted from 0, such as 0-3,7',
          defaultText: 'all',
          placeholder: 'numbers',
        }),
        layersPattern: text({
          help: 'Name of the list of decoder layers in the names of layers, for --layers',
          defaultText: 'any name',
          placeholder: 'names',
        }),
        initLoraWeights: choice(values.initLoraWeights.words, {
          help: 'Initial values of lora_A; lora_B begins with zeros',
          default: values.initLoraWeights.default,
        }),
        initAdapter: path({ help: 'Folder of an adapter to train further, with its own rank, alpha and targets' }),
        force,
        epochs: number({ help: 'Passes over the records', ...values.epochs }),
        maxSteps: integer({ help: 'Optimizer steps, instead of epochs', ...values.maxSteps }),
        batchSize: integer({ help: 'Sequences in one run of the program', ...values.batchSize }),
        gradientAccumulation: integer({ help: 'Runs of the program in one step', ...values.gradientAccumulation }),
        maxLength: integer({
          help: 'Largest number of tokens of a record',
          defaultText: 'what the model can read',
          ...values.maxLength,
        }),
        learningRate: number({ help: 'Highest learning rate', ...values.learningRate }),
        lrScheduler: choice(values.lrScheduler.words, {
          help: 'Schedule of the learning rate',
          default: values.lrScheduler.default,
        }),
        warmup: number({ help: 'Steps to warm up over, or a share of all steps if below 1', ...values.warmup }),
        decay: number({
          help: 'Steps at the end over which warmup_stable_decay falls, or a share of all steps if below 1',
          ...values.decay,
        }),
        optimizer: choice(values.optimizer.words, {
          help: 'Optimizer, as torch or transformers defines it',
          default: values.optimizer.default,
        }),
        momentum: number({ help: 'Momentum of sgd', ...values.momentum }),
        adamBeta1: number({ help: 'First beta of adamw and lion', ...values.adamBeta1 }),
        adamBeta2: number({ help: 'Second beta of adamw and lion', ...values.adamBeta2 }),
        adamEpsilon: number({ help: 'Epsilon of adamw', ...values.adamEpsilon }),
        weightDecay: number({ help: 'Weight decay, decoupled except for sgd', ...values.weightDecay }),
        loraplusLrRatio: number({
          help: 'Ratio of the learning rates of lora_B and lora_A (LoRA+)',
          ...values.loraplusLrRatio,
        }),
        loraplusLrEmbedding: number({
          help: 'Learning rate of adapters of embeddings with LoRA+',
          ...values.loraplusLrEmbedding,
        }),
        maxGradNorm: number({ help: 'Norm to which gradients are clipped; 0 does not clip', ...values.maxGradNorm }),
        neftuneNoiseAlpha: number({
          help: 'Noise on the embeddings during training (NEFTune), uniform within alpha / sqrt(tokens * width)',
          ...values.neftuneNoiseAlpha,
        }),
        lossOn: choice(values.lossOn.words, {
          help: 'Tokens to learn: the completion of a prompt, the assistant’s turns only, or all tokens',
          default: values.lossOn.default,
        }),
        packing: toggle({
          help: 'Put several records into a row of --max-length tokens (default: 512), isolated from each other',
          ...values.packing,
        }),
        shuffle: toggle({ help: 'Shuffle the records in every epoch, by the seed', ...values.shuffle }),
        groupByLength: toggle({
          help: 'Batch records of similar length, like transformers’ group_by_length: less padding',
          ...values.groupByLength,
        }),
        evalSteps: number({
          help: 'Steps between evaluations of the held-out records, or a share of all steps if below 1',
          ...values.evalSteps,
        }),
        earlyStopping: integer({
          help: 'Stop after this many evaluations (one per epoch, or --eval-steps) without a lower loss, and keep the best',
          ...values.earlyStopping,
          bare: 3,
        }),
        saveSteps: number({
          help: 'Steps between checkpoints that stay in the adapter’s folder, or a share of all steps if below 1',
          ...values.saveSteps,
        }),
        saveTotalLimit: integer({ help: 'Number of newest checkpoints to keep', ...values.saveTotalLimit }),
        resume: flag({
          help: 'Continue from the newest checkpoint of the same training, if it was interrupted or killed',
        }),
        seed: integer({ help: 'Seed of initialization and order', ...values.seed }),
        device,
        quantize,
        compute: choice(values.compute.words, {
          help: 'Arithmetic of products with the frozen base model; int8 on processors where it is faster',
          default: values.compute.default,
        }),
      },
      examples: [
        ['train', 'Train on the newest version of the workspace’s Datanet'],
        ['train --data records.jsonl --output adapter --epochs 3 --rank 8', 'Train on a file without a Datanet'],
        [
          'train --data train.parquet --data more.csv --map prompt=question,completion=answer',
          'Train on files with other columns',
        ],
        ['train --data records.jsonl --dry-run', 'Show the tokens with loss, steps, time and memory of a training'],
        ['train --config train.yaml --rank 16', 'Take the settings from a file and replace one'],
        ['train --data records.jsonl --output adapter --resume', 'Continue an interrupted training'],
        ['train --data records.jsonl --output adapter --yes --json', 'Train in CI and replace the adapter'],
      ],
      dryRun: true,
      settings: () => import('../../lora/settings/trainingConfig.js'),
    },
    () => import('../../commands/train.js'),
  ),
]
