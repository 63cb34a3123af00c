import type { StepMetrics } from './MetricsLog.js'

/** The mean loss of consecutive steps. */
export interface LossStretch {
  /** First step, 1-based. */
  readonly fromStep: number
  /** Last step, inclusive. */
  readonly toStep: number
  /** Mean over the steps of the mean over each step's labelled tokens, in nats. */
  readonly loss: number
}

/** The loss at the beginning and at the end of a training, each over enough steps to average out single batches. */
export interface MeanTrainingLoss {
  /** `epoch`: the first and the last complete epoch, which have the same records; `tenth`: the first and last tenth of steps. */
  readonly over: 'epoch' | 'tenth'
  readonly first: LossStretch
  readonly last: LossStretch
}

/**
 * Computes the training losses at both ends of a run: of complete epochs if there are two, otherwise of a tenth of the steps.
 *
 * @param history every step from the first on; not empty
 */
export function meanTrainingLoss(history: readonly Pick<StepMetrics, 'step' | 'epoch' | 'loss'>[]): MeanTrainingLoss {
  const inEpoch = (epoch: number) => history.filter((each) => each.epoch === epoch)
  const first = inEpoch(1)
  const lastEpoch = history.at(-1)?.epoch ?? 1
  const last = [lastEpoch, lastEpoch - 1]
    .filter((epoch) => epoch > 1)
    .map(inEpoch)
    .find((steps) => steps.length === first.length)
  if (last !== undefined) return { over: 'epoch', first: stretch(first), last: stretch(last) }
  const size = Math.ceil(history.length / 10)
  return { over: 'tenth', first: stretch(history.slice(0, size)), last: stretch(history.slice(-size)) }
}

/** Describes the two stretches, as part of a sentence. */
export const describeStretches = ({ over, first, last }: MeanTrainingLoss): string =>
  over === 'epoch'
    ? 'mean of the first and of the last whole epoch'
    : first.fromStep === first.toStep
      ? `steps ${first.fromStep} and ${last.toStep}, a batch each`
      : `mean of steps ${first.fromStep} to ${first.toStep} and ${last.fromStep} to ${last.toStep}`

const stretch = (steps: readonly Pick<StepMetrics, 'step' | 'loss'>[]): LossStretch => ({
  fromStep: steps[0]?.step ?? 0,
  toStep: steps.at(-1)?.step ?? 0,
  loss: steps.reduce((sum, { loss }) => sum + loss, 0) / steps.length,
})
