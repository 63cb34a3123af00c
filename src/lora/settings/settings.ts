import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { plainMessage } from '../../files/plainMessage.js'
import { trainingFields } from '../../records/trainingRecord.js'
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

const fieldMap = z
  .record(z.string(), z.string().min(1))
  .refine(
    (map) => Object.keys(map).every((field) => trainingFields.includes(field)),
    `must be of the fields ${trainingFields.join(', ')}`,
  )
  // Keys are sorted because settings are compared as JSON.
  .transform((map) => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))))

/**
 * Everything that determines an adapter, except base model and data; named like the flags of `openledger train`. The defaults
 * follow the published advice for LoRA: all linear layers, alpha twice the rank, a learning rate of 2e-4 with cosine decay.
 * {@link settingValues} declares the ranges.
 */
export const trainingSettings = z.strictObject({
  rank: whole(values.rank).default(values.rank.default),
  alpha: real(values.alpha).default(values.alpha.default),
  useRslora: z.boolean().default(false),
  useDora: z.boolean().default(false),
  targetModules: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).default('all-linear'),
  /** Layers that are excluded from the target modules. */
  excludeModules: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
  /** Ranks and alphas that differ for some layers, by regular expressions over their names; the first match wins. */
  rankPattern: z.record(z.string().min(1), whole(values.rank)).optional(),
  alphaPattern: z.record(z.string().min(1), real(values.alpha)).optional(),
  /** Modules that are trained and saved in full, by the ends of their names. */
  modulesToSave: z.array(z.string().min(1)).min(1).optional(),
  /** Biases of the base that are trained. */
  bias: z.enum(values.bias.words).default(values.bias.default),
  /** The name of the list of decoder layers within layer names; it may come from an initial adapter. */
  layersPattern: z.array(z.string().min(1)).min(1).optional(),
  /** Decoder layers to adapt, from 0; all by default. */
  layers: z.array(z.number().int().nonnegative()).min(1).optional(),
  /** Dropout probability of the inputs of low-rank paths. */
  dropout: real(values.dropout).default(values.dropout.default),
  initLoraWeights: z.enum(values.initLoraWeights.words).default(values.initLoraWeights.default),
  epochs: real(values.epochs).default(values.epochs.default),
  maxSteps: whole(values.maxSteps).optional(),
  batchSize: whole(values.batchSize).default(values.batchSize.default),
  gradientAccumulation: whole(values.gradientAccumulation).default(values.gradientAccumulation.default),
  maxLength: whole(values.maxLength).optional(),
  learningRate: real(values.learningRate).default(values.learningRate.default),
  lrScheduler: z.enum(values.lrScheduler.words).default(values.lrScheduler.default),
  /** Warmup steps, or a share of all steps if below 1. */
  warmup: real(values.warmup).default(values.warmup.default),
  /** Decay steps of `warmup_stable_decay` at the end, or a share of all steps if below 1. */
  decay: real(values.decay).default(values.decay.default),
  optimizer: z.enum(values.optimizer.words).default(values.optimizer.default),
  /** For `sgd`. */
  momentum: real(values.momentum).default(values.momentum.default),
  /** For `adamw` and `lion`. */
  adamBeta1: real(values.adamBeta1).default(values.adamBeta1.default),
  adamBeta2: real(values.adamBeta2).default(values.adamBeta2.default),
  /** For `adamw`. */
  adamEpsilon: real(values.adamEpsilon).default(values.adamEpsilon.default),
  weightDecay: real(values.weightDecay).default(values.weightDecay.default),
  /** Ratio of the learning rate of lora_B to that of lora_A (LoRA+). */
  loraplusLrRatio: real(values.loraplusLrRatio).optional(),
  /** Learning rate of adapters of embeddings with LoRA+. */
  loraplusLrEmbedding: real(values.loraplusLrEmbedding).default(values.loraplusLrEmbedding.default),
  /** Maximum gradient norm; 0 turns clipping off. */
  maxGradNorm: real(values.maxGradNorm).default(values.maxGradNorm.default),
  /** Scale of the noise added to embeddings in training (NEFTune); none by default. */
  neftuneNoiseAlpha: real(values.neftuneNoiseAlpha).optional(),
  lossOn: z.enum(values.lossOn.words).default(values.lossOn.default),
  /** The columns that contain the fields of records, if they have other names. */
  map: fieldMap.optional(),
  /** Whether several records share a row, without attending to each other. */
  packing: z.boolean().default(values.packing.default),
  shuffle: z.boolean().default(values.shuffle.default),
  /** Whether to batch records of similar length, to reduce padding. */
  groupByLength: z.boolean().default(values.groupByLength.default),
  evalSplit: real(values.evalSplit).default(values.evalSplit.default),
  /** Steps, or below 1 a share of all, between evaluations on held-out records; by default only before and after training. */
  evalSteps: real(values.evalSteps).optional(),
  /** Evaluations without a lower loss after which training stops; the adapter is then the best one. */
  earlyStopping: whole(values.earlyStopping).optional(),
  /** Steps, or below 1 a share of all, between checkpoints that are kept with the adapter. */
  saveSteps: real(values.saveSteps).optional(),
  /** Number of newest checkpoints to keep; all by default. */
  saveTotalLimit: whole(values.saveTotalLimit).optional(),
  /** Element type that the frozen base is quantized to; none by default. */
  quantize: z.enum(values.quantize.words).optional(),
  /** Arithmetic of products with the frozen base, forward and backward. */
  compute: z.enum(values.compute.words).default(values.compute.default),
  seed: whole(values.seed).default(values.seed.default),
})

export type TrainingSettings = z.infer<typeof trainingSettings>
export type TrainingSettingsInput = z.input<typeof trainingSettings>

/** A setting that is refused. */
export interface SettingProblem {
  /** Name in {@link TrainingSettings}. */
  readonly setting: string
  readonly value: unknown
  readonly reason: string
}

/**
 * Checks settings and fills in the defaults.
 *
 * @throws OL1400 with the name of the flag and the accepted values; OL1429 when there are several problems, with all of them
 */
export function parseTrainingSettings(raw: TrainingSettingsInput): TrainingSettings {
  const parsed = trainingSettings.safeParse(raw)
  if (!parsed.success) throw refusal(problemsOf(parsed.error, raw))
  checkConflicts(parsed.data)
  return parsed.data
}

/** @throws OL1400 or OL1429 when settings contradict each other */
export function checkConflicts(settings: TrainingSettings): void {
  const conflicts = settingConflicts(settings)
  if (conflicts.length > 0) throw refusal(conflicts)
}

/** Conflicts between settings that are each in range. */
export function settingConflicts(settings: TrainingSettings): SettingProblem[] {
  const { optimizer, momentum, adamBeta1, adamBeta2, adamEpsilon, compute, useDora, quantize } = settings
  const defaults = trainingSettings.parse({})
  const problems: (SettingProblem | false)[] = [
    momentum > 0 &&
      optimizer !== 'sgd' && { setting: 'momentum', value: momentum, reason: `${optimizer} has no momentum, sgd has` },
    ...(['adamBeta1', 'adamBeta2'] as const).map(
      (setting) =>
        settings[setting] !== defaults[setting] &&
        ['sgd', 'adafactor'].includes(optimizer) && {
          setting,
          value: { adamBeta1, adamBeta2 }[setting],
          reason: `${optimizer} has no betas`,
        },
    ),
    adamEpsilon !== defaults.adamEpsilon &&
      optimizer !== 'adamw' && {
        setting: 'adamEpsilon',
        value: adamEpsilon,
        reason: `${optimizer} has no such epsilon`,
      },
    ...(['evalSteps', 'saveSteps'] as const).map((setting) => {
      const value = settings[setting]
      return (
        value !== undefined &&
        value > 1 &&
        !Number.isInteger(value) && { setting, value, reason: 'it is neither a number of steps nor a share below 1' }
      )
    }),
    settings.loraplusLrEmbedding !== defaults.loraplusLrEmbedding &&
      settings.loraplusLrRatio === undefined && {
        setting: 'loraplusLrEmbedding',
        value: settings.loraplusLrEmbedding,
        reason: 'it is a part of LoRA+, which requires loraplusLrRatio',
      },
    settings.layersPattern !== undefined &&
      settings.layers === undefined && {
        setting: 'layersPattern',
        value: settings.layersPattern,
        reason: 'it requires layers; PEFT opens no adapter that has it alone',
      },
    settings.groupByLength &&
      !settings.shuffle && { setting: 'groupByLength', value: true, reason: 'it draws at random, and shuffle is off' },
    useDora &&
      compute === 'int8' && {
        setting: 'compute',
        value: compute,
        reason: 'DoRA requires the norms of the float32 weights, which int8 does not have',
      },
    quantize !== undefined &&
      compute === 'int8' && {
        setting: 'compute',
        value: compute,
        reason: `the base is kept in ${quantize} (quantize)`,
      },
  ]
  return problems.filter((problem) => problem !== false)
}

const problemsOf = (error: z.ZodError, raw: object): SettingProblem[] =>
  error.issues.flatMap((issue) => {
    const fields = issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0] ?? 'settings')]
    return fields.map((setting) => ({
      setting,
      value: (raw as Readonly<Record<string, unknown>>)[setting],
      reason: plainMessage(issue),
    }))
  })

function refusal(problems: readonly SettingProblem[]): OpenLedgerError {
  const described = problems.map(({ setting, value, reason }) => ({
    setting: setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    value: JSON.stringify(value) ?? 'missing',
    reason,
  }))
  const [first, ...others] = described
  if (first && others.length === 0) return new OpenLedgerError('OL1400', first)
  const list = described.map(({ setting, value, reason }) => `--${setting} is ${value}: ${reason}`)
  return new OpenLedgerError('OL1429', { count: described.length, problems: list.join('; ') })
}
