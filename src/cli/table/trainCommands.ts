import { type Command, declareCommand } from '../declareCommand.js'
import { choice, flag, integer, number, path, text, toggle } from '../options.js'
import { baseModel, device, quantize, revision } from './sharedOptions.js'

/** `openledger train`. */
export const trainCommands: readonly Command[] = [
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
      settings: () => import('../../lora/trainingConfig.js'),
    },
    () => import('../../commands/train.js'),
  ),
]
