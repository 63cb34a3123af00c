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
        'Records are {"text"}, {"prompt","completion"}, {"messages"}, alpaca or ShareGPT, in JSON Lines, JSON, CSV, TSV or Parquet; --map names their columns where they have other names. Where the base has no chat template, a prompt and its completion are joined as they are, with the end token after them. Without --data the newest version of the workspace’s Datanet is trained on. The adapter opens in Hugging Face PEFT. What a settings file of another tool leaves out takes the defaults below, not that tool’s.',
      arguments: {},
      options: {
        base: baseModel,
        revision,
        data: many(path(dataFiles)),
        ...columns,
        datanet: integer({
          help: 'Version of the workspace’s Datanet; the newest unless given',
          placeholder: 'version',
          min: 1,
        }),
        output: path({ help: 'Folder of the adapter' }),
        config: path({
          help: 'YAML or JSON file of these settings, by the names of the flags or of Axolotl, TRL, PEFT and LLaMA-Factory; flags win',
        }),
        evalData: path({ help: `File of records to evaluate on, never trained on (${dataFormats})` }),
        evalSplit: number({ help: 'Share of the records held out to evaluate on', ...values.evalSplit }),
        rank: integer({ help: `Rank of the adapter; ${rank} unless given`, ...rankRange }),
        alpha: number({ help: `Scaling is alpha / rank; ${alpha} unless given`, ...alphaRange }),
        dropout: number({
          help: 'Share of a layer’s inputs that its adapter does not see in a step',
          ...values.dropout,
        }),
        useRslora: flag({ help: 'Scaling is alpha / sqrt(rank), for high ranks' }),
        useDora: flag({ help: 'Train the magnitude of each weight’s rows apart (DoRA)' }),
        targetModules: text({
          help: 'Layer names with commas between, a regular expression, or all-linear; all-linear unless given',
          placeholder: 'modules',
        }),
        excludeModules: text({
          help: 'Layers that are left alone all the same, named likewise',
          placeholder: 'modules',
        }),
        modulesToSave: text({
          help: 'Modules that are trained and saved whole, such as lm_head, with commas between',
          placeholder: 'modules',
        }),
        bias: choice(values.bias.words, {
          help: 'Biases that are trained: of the adapted layers (lora_only), or all',
          default: values.bias.default,
        }),
        rankPattern: text({
          help: 'Other ranks for some layers: {"q_proj": 16} by regular expressions over their names, as JSON',
          placeholder: 'json',
        }),
        alphaPattern: text({
          help: 'Other alphas for some layers, likewise',
          placeholder: 'json',
        }),
        layers: text({
          help: 'Decoder layers to adapt, from 0, such as 0-3,7; all unless given',
          placeholder: 'numbers',
        }),
        layersPattern: text({
          help: 'What the list of decoder layers is called in the names of layers, for --layers; whatever it is unless given',
          placeholder: 'names',
        }),
        initLoraWeights: choice(values.initLoraWeights.words, {
          help: 'How lora_A begins; lora_B begins with zeros',
          default: values.initLoraWeights.default,
        }),
        initAdapter: path({ help: 'Folder of an adapter to train further; rank, alpha and targets are its own' }),
        force,
        epochs: number({ help: 'Passes over the records', ...values.epochs }),
        maxSteps: integer({ help: 'Optimiser steps, instead of epochs', ...values.maxSteps }),
        batchSize: integer({ help: 'Sequences of one run', ...values.batchSize }),
        gradientAccumulation: integer({ help: 'Runs of one step', ...values.gradientAccumulation }),
        maxLength: integer({
          help: 'Tokens of a record at most; what the model can read unless given',
          ...values.maxLength,
        }),
        learningRate: number({ help: 'Highest learning rate', ...values.learningRate }),
        lrScheduler: choice(values.lrScheduler.words, {
          help: 'Course of the learning rate',
          default: values.lrScheduler.default,
        }),
        warmup: number({ help: 'Share of the steps, below 1, or steps, to warm up over', ...values.warmup }),
        decay: number({
          help: 'Share of the steps, below 1, or steps, that warmup_stable_decay falls over at the end',
          ...values.decay,
        }),
        optimizer: choice(values.optimizer.words, {
          help: 'What moves the parameters, each as torch or transformers has it',
          default: values.optimizer.default,
        }),
        momentum: number({ help: 'Momentum of sgd', ...values.momentum }),
        adamBeta1: number({ help: 'First beta of adamw and lion', ...values.adamBeta1 }),
        adamBeta2: number({ help: 'Second beta of adamw and lion', ...values.adamBeta2 }),
        adamEpsilon: number({ help: 'Epsilon of adamw', ...values.adamEpsilon }),
        weightDecay: number({ help: 'Weight decay, decoupled but for sgd', ...values.weightDecay }),
        loraplusLrRatio: number({
          help: 'Learning rate of lora_B over that of lora_A (LoRA+)',
          ...values.loraplusLrRatio,
        }),
        loraplusLrEmbedding: number({
          help: 'Learning rate of adapters of embeddings with LoRA+',
          ...values.loraplusLrEmbedding,
        }),
        maxGradNorm: number({ help: 'Norm that gradients are clipped to; 0 clips none', ...values.maxGradNorm }),
        neftuneNoiseAlpha: number({
          help: 'Noise on the embeddings in training (NEFTune), uniform within alpha / sqrt(tokens * width)',
          ...values.neftuneNoiseAlpha,
        }),
        lossOn: choice(values.lossOn.words, {
          help: 'Tokens that are learned: what answers the prompt, turns of the assistant alone, or every one',
          default: values.lossOn.default,
        }),
        packing: toggle({
          help: 'Several records in a row of --max-length tokens (512 unless given), none seeing another',
          ...values.packing,
        }),
        shuffle: toggle({ help: 'Another order in every epoch, drawn from the seed', ...values.shuffle }),
        groupByLength: toggle({
          help: 'Batches of records of like length, drawn as transformers’ group_by_length: less padding',
          ...values.groupByLength,
        }),
        evalSteps: number({
          help: 'Steps, or below 1 a share of all, between evaluations of the held-out records',
          ...values.evalSteps,
        }),
        earlyStopping: integer({
          help: 'Stop after this many evaluations (one an epoch, or --eval-steps) without a lower loss, and take the best',
          ...values.earlyStopping,
          bare: 3,
        }),
        saveSteps: number({
          help: 'Steps, or below 1 a share of all, between checkpoints that stay in the folder of the adapter',
          ...values.saveSteps,
        }),
        saveTotalLimit: integer({ help: 'Keep only the newest checkpoints', ...values.saveTotalLimit }),
        resume: flag({ help: 'Go on from the newest checkpoint of the same training, interrupted or killed' }),
        seed: integer({ help: 'Seed of initialisation and order', ...values.seed }),
        device,
        quantize,
        compute: choice(values.compute.words, {
          help: 'What products with the frozen base are computed in; int8 where the processor is faster at it',
          default: values.compute.default,
        }),
      },
      examples: [
        ['train', 'On the newest version of the workspace’s Datanet'],
        ['train --data records.jsonl --output adapter --epochs 3 --rank 8', 'On a file, with no Datanet'],
        [
          'train --data train.parquet --data more.csv --map prompt=question,completion=answer',
          'On files of other columns',
        ],
        ['train --data records.jsonl --dry-run', 'What it would do and take: tokens with loss, steps, time, memory'],
        ['train --config train.yaml --rank 16', 'With settings from a file, one of them replaced'],
        ['train --data records.jsonl --output adapter --resume', 'The same command, interrupted, goes on'],
        ['train --data records.jsonl --output adapter --yes --json', 'In CI, replacing the adapter'],
      ],
      dryRun: true,
      settings: () => import('../../lora/settings/trainingConfig.js'),
    },
    () => import('../../commands/train.js'),
  ),
]
