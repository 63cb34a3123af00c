import { trainedBiases } from '../../models/adapter/trainedBiases.js'
import { lossParts } from '../../models/data/segments.js'
import { computes, quantizations } from '../../models/weights/precision.js'
import { schedulers } from './schedule.js'

/** The range of a number; `min` and `max` are inclusive bounds, `above` and `below` exclusive ones. */
export interface NumberRange {
  readonly min?: number
  readonly max?: number
  readonly above?: number
  readonly below?: number
}

/** The optimizers, by transformers' names for `optim` without the suffix of the implementation. */
const optimizers = ['adamw', 'sgd', 'adafactor', 'lion'] as const

/** The initializations of lora_A, by PEFT's names; lora_B starts at zero. */
export const initializations = ['kaiming', 'gaussian'] as const
export type Initialization = (typeof initializations)[number]

/**
 * The range and the default of each training setting. The schema of the library and the flags of the command line are both
 * built from it. It imports nothing heavy, because `openledger --help` reads it.
 */
export const settingValues = {
  rank: { min: 1, max: 1024, default: 8 },
  alpha: { above: 0, default: 16 },
  dropout: { min: 0, below: 1, default: 0 },
  initLoraWeights: { words: initializations, default: 'kaiming' },
  bias: { words: trainedBiases, default: 'none' },
  epochs: { above: 0, default: 3 },
  maxSteps: { min: 1 },
  batchSize: { min: 1, default: 4 },
  gradientAccumulation: { min: 1, default: 1 },
  /** At least two tokens, because a single token has nothing to predict. */
  maxLength: { min: 2 },
  learningRate: { above: 0, default: 2e-4 },
  lrScheduler: { words: schedulers, default: 'cosine' },
  warmup: { min: 0, default: 0.05 },
  decay: { above: 0, default: 0.1 },
  optimizer: { words: optimizers, default: 'adamw' },
  momentum: { min: 0, below: 1, default: 0 },
  adamBeta1: { min: 0, below: 1, default: 0.9 },
  adamBeta2: { min: 0, below: 1, default: 0.999 },
  adamEpsilon: { min: 0, default: 1e-8 },
  weightDecay: { min: 0, default: 0 },
  loraplusLrRatio: { above: 0 },
  loraplusLrEmbedding: { min: 0, default: 1e-6 },
  maxGradNorm: { min: 0, default: 1 },
  neftuneNoiseAlpha: { min: 0 },
  lossOn: { words: lossParts, default: 'completion' },
  packing: { default: false },
  shuffle: { default: true },
  groupByLength: { default: false },
  evalSplit: { min: 0, below: 1, default: 0 },
  /** A number of steps, or below 1 a share of all steps, as in transformers. */
  evalSteps: { above: 0 },
  earlyStopping: { min: 1 },
  saveSteps: { above: 0 },
  saveTotalLimit: { min: 1 },
  quantize: { words: quantizations },
  compute: { words: computes, default: 'float32' },
  seed: { min: 0, max: 0xffffffff, default: 0 },
} as const satisfies Readonly<Record<string, NumberRange & { words?: readonly string[]; default?: unknown }>>
