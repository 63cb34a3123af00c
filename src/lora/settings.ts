import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { type NumberRange, settingValues as values } from './settingValues.js'

function within(number: z.ZodNumber, { min, max, above, below }: NumberRange): z.ZodNumber {
  let bounded = number
  if (min !== undefined) bounded = bounded.min(min)
  if (max !== undefined) bounded = bounded.max(max)
  if (above !== undefined) bounded = bounded.gt(above)
  return below === undefined ? bounded : bounded.lt(below)
}
const real = (range: NumberRange): z.ZodNumber => within(z.number(), range)
const whole = (range: NumberRange): z.ZodNumber => within(z.number().int(), range)

/**
 * Everything that decides an adapter besides base model and data; named as the flags of `openledger train`. The defaults
 * follow the published advice for LoRA: all linear layers, alpha twice the rank, 2e-4 falling along a cosine. What each
 * may be is declared in {@link settingValues}.
 */
export const trainingSettings = z.strictObject({
  rank: whole(values.rank).default(values.rank.default),
  alpha: real(values.alpha).default(values.alpha.default),
  useRslora: z.boolean().default(false),
  useDora: z.boolean().default(false),
  targetModules: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).default('all-linear'),
  /** Decoder layers to adapt, from 0; all unless given. */
  layers: z.array(z.number().int().nonnegative()).min(1).optional(),
  /** Share of its inputs that a layer's low-rank path does not see in a step. */
  dropout: real(values.dropout).default(values.dropout.default),
  initLoraWeights: z.enum(values.initLoraWeights.words).default(values.initLoraWeights.default),
  epochs: real(values.epochs).default(values.epochs.default),
  maxSteps: whole(values.maxSteps).optional(),
  batchSize: whole(values.batchSize).default(values.batchSize.default),
  gradientAccumulation: whole(values.gradientAccumulation).default(values.gradientAccumulation.default),
  maxLength: whole(values.maxLength).optional(),
  learningRate: real(values.learningRate).default(values.learningRate.default),
  lrScheduler: z.enum(values.lrScheduler.words).default(values.lrScheduler.default),
  /** Share of the steps, below 1, or a number of steps. */
  warmup: real(values.warmup).default(values.warmup.default),
  /** Share of the steps, below 1, or a number of steps, that `warmup_stable_decay` falls over at the end. */
  decay: real(values.decay).default(values.decay.default),
  weightDecay: real(values.weightDecay).default(values.weightDecay.default),
  maxGradNorm: real(values.maxGradNorm).default(values.maxGradNorm.default),
  lossOn: z.enum(values.lossOn.words).default(values.lossOn.default),
  /** Several records share a row, of which none sees another. */
  packing: z.boolean().default(values.packing.default),
  shuffle: z.boolean().default(values.shuffle.default),
  evalSplit: real(values.evalSplit).default(values.evalSplit.default),
  /** Steps between evaluations of the held-out records; before and after training only unless given. */
  evalSteps: whole(values.evalSteps).optional(),
  /** Evaluations without a lower loss after which training stops; the adapter is then the best one. */
  earlyStopping: whole(values.earlyStopping).optional(),
  /** Steps between checkpoints that stay beside the adapter. */
  saveSteps: whole(values.saveSteps).optional(),
  /** The newest checkpoints that are kept; all unless given. */
  saveTotalLimit: whole(values.saveTotalLimit).optional(),
  /** What the weights of the frozen base are kept in; as they are unless given. */
  quantize: z.enum(values.quantize.words).optional(),
  /** What products with the frozen base are computed in, forward and backward. */
  compute: z.enum(values.compute.words).default(values.compute.default),
  seed: whole(values.seed).default(values.seed.default),
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
