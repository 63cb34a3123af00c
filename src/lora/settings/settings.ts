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
  // Equal maps are equal as JSON, by which settings are compared.
  .transform((map) => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))))

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
  /** Layers that are left alone all the same. */
  excludeModules: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
  /** Other ranks and alphas for some layers, by regular expressions over their names; the first that matches counts. */
  rankPattern: z.record(z.string().min(1), whole(values.rank)).optional(),
  alphaPattern: z.record(z.string().min(1), real(values.alpha)).optional(),
  /** Modules that are trained and saved whole, by the ends of their names. */
  modulesToSave: z.array(z.string().min(1)).min(1).optional(),
  /** Biases that are trained. */
  bias: z.enum(values.bias.words).default(values.bias.default),
  /** What the list of decoder layers is called in the names of layers; an adapter that training begins with may say so. */
  layersPattern: z.array(z.string().min(1)).min(1).optional(),
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
  optimizer: z.enum(values.optimizer.words).default(values.optimizer.default),
  /** Of `sgd`. */
  momentum: real(values.momentum).default(values.momentum.default),
  /** Of `adamw` and `lion`. */
  adamBeta1: real(values.adamBeta1).default(values.adamBeta1.default),
  adamBeta2: real(values.adamBeta2).default(values.adamBeta2.default),
  /** Of `adamw`. */
  adamEpsilon: real(values.adamEpsilon).default(values.adamEpsilon.default),
  weightDecay: real(values.weightDecay).default(values.weightDecay.default),
  /** Learning rate of lora_B over that of lora_A (LoRA+). */
  loraplusLrRatio: real(values.loraplusLrRatio).optional(),
  /** Learning rate of adapters of embeddings with LoRA+. */
  loraplusLrEmbedding: real(values.loraplusLrEmbedding).default(values.loraplusLrEmbedding.default),
  /** Norm that gradients are clipped to; 0 clips none. */
  maxGradNorm: real(values.maxGradNorm).default(values.maxGradNorm.default),
  /** Size of the noise that embeddings get in training (NEFTune); none unless given. */
  neftuneNoiseAlpha: real(values.neftuneNoiseAlpha).optional(),
  lossOn: z.enum(values.lossOn.words).default(values.lossOn.default),
  /** The columns that fields of records are read from, where they have other names. */
  map: fieldMap.optional(),
  /** Several records share a row, of which none sees another. */
  packing: z.boolean().default(values.packing.default),
  shuffle: z.boolean().default(values.shuffle.default),
  /** Batches of records of like length: less padding. */
  groupByLength: z.boolean().default(values.groupByLength.default),
  evalSplit: real(values.evalSplit).default(values.evalSplit.default),
  /** Steps, or below 1 a share of all, between evaluations of the held-out records; before and after training only unless given. */
  evalSteps: real(values.evalSteps).optional(),
  /** Evaluations without a lower loss after which training stops; the adapter is then the best one. */
  earlyStopping: whole(values.earlyStopping).optional(),
  /** Steps, or below 1 a share of all, between checkpoints that stay beside the adapter. */
  saveSteps: real(values.saveSteps).optional(),
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

/** A setting that cannot be taken. */
export interface SettingProblem {
  /** As it is named in {@link TrainingSettings}. */
  readonly setting: string
  readonly value: unknown
  readonly reason: string
}

/**
 * Checks settings and fills in the defaults.
 *
 * @throws OL1400 with the name of the flag and what it may be; OL1429 when there is more than one problem, with all of them
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

/** What is wrong with settings that are each in its range. */
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
        reason: 'it is a part of LoRA+, which loraplusLrRatio asks for',
      },
    settings.layersPattern !== undefined &&
      settings.layers === undefined && {
        setting: 'layersPattern',
        value: settings.layersPattern,
        reason: 'it goes with layers only, and PEFT opens no adapter that has it alone',
      },
    settings.groupByLength &&
      !settings.shuffle && { setting: 'groupByLength', value: true, reason: 'it draws at random, and shuffle is off' },
    useDora &&
      compute === 'int8' && {
        setting: 'compute',
        value: compute,
        reason: 'DoRA requires the norms of the weights themselves, which are not there in int8',
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
  const told = problems.map(({ setting, value, reason }) => ({
    setting: setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    value: JSON.stringify(value) ?? 'missing',
    reason,
  }))
  const [first, ...others] = told
  if (first && others.length === 0) return new OpenLedgerError('OL1400', first)
  const list = told.map(({ setting, value, reason }) => `--${setting} is ${value}: ${reason}`)
  return new OpenLedgerError('OL1429', { count: told.length, problems: list.join('; ') })
}
