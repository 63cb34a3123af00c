import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { computes } from '../models/BaseModel.js'
import { quantizations } from '../models/quantizedWeights.js'
import { lossParts } from '../models/segments.js'
import { initialisations } from './initialValues.js'
import { schedulers } from './schedule.js'

const positive = z.number().positive()
const count = z.number().int().positive()

/**
 * Everything that decides an adapter besides base model and data; named as the flags of `openledger train`. The defaults
 * follow the published advice for LoRA: all linear layers, alpha twice the rank, 2e-4 falling along a cosine.
 */
export const trainingSettings = z.strictObject({
  rank: count.max(1024).default(8),
  alpha: positive.default(16),
  useRslora: z.boolean().default(false),
  useDora: z.boolean().default(false),
  targetModules: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).default('all-linear'),
  /** Decoder layers to adapt, from 0; all unless given. */
  layers: z.array(z.number().int().nonnegative()).min(1).optional(),
  /** Share of its inputs that a layer's low-rank path does not see in a step. */
  dropout: z.number().min(0).lt(1).default(0),
  initLoraWeights: z.enum(initialisations).default('kaiming'),
  epochs: positive.default(3),
  maxSteps: count.optional(),
  batchSize: count.default(4),
  gradientAccumulation: count.default(1),
  maxLength: count.optional(),
  learningRate: positive.default(2e-4),
  lrScheduler: z.enum(schedulers).default('cosine'),
  /** Share of the steps, below 1, or a number of steps. */
  warmup: z.number().nonnegative().default(0.05),
  /** Share of the steps, below 1, or a number of steps, that `warmup_stable_decay` falls over at the end. */
  decay: positive.default(0.1),
  weightDecay: z.number().nonnegative().default(0),
  maxGradNorm: positive.default(1),
  lossOn: z.enum(lossParts).default('completion'),
  /** Several records share a row, of which none sees another. */
  packing: z.boolean().default(false),
  shuffle: z.boolean().default(true),
  evalSplit: z.number().min(0).lt(1).default(0),
  /** Steps between evaluations of the held-out records; before and after training only unless given. */
  evalSteps: count.optional(),
  /** Evaluations without a lower loss after which training stops; the adapter is then the best one. */
  earlyStopping: count.optional(),
  /** Steps between checkpoints that stay beside the adapter. */
  saveSteps: count.optional(),
  /** The newest checkpoints that are kept; all unless given. */
  saveTotalLimit: count.optional(),
  /** What the weights of the frozen base are kept in; as they are unless given. */
  quantize: z.enum(quantizations).optional(),
  /** What products with the frozen base are computed in, forward and backward. */
  compute: z.enum(computes).default('float32'),
  seed: z.number().int().nonnegative().max(0xffffffff).default(0),
})

export type TrainingSettings = z.infer<typeof trainingSettings>
export type TrainingSettingsInput = z.input<typeof trainingSettings>

/**
 * Checks settings and fills in the defaults.
 *
 * @throws OL1400 with the name of the flag and what it may be
 */
export function parseTrainingSettings(raw: TrainingSettingsInput): TrainingSettings {
  const parsed = trainingSettings.safeParse(raw)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0] as z.core.$ZodIssue
  const field = String(issue.code === 'unrecognized_keys' ? issue.keys[0] : (issue.path[0] ?? 'settings'))
  const setting = field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const value = JSON.stringify((raw as Record<string, unknown>)[field]) ?? 'missing'
  throw new OpenLedgerError('OL1400', { setting, value, reason: issue.message })
}
