import type { StepMetrics } from './MetricsLog.js'

/** The mean loss of some steps in a row. */
export interface LossStretch {
  /** 1-based, both included. */
  readonly fromStep: number
  readonly toStep: number
  /** Mean over the steps of the mean over each step's labelled tokens, in nats. */
  readonly loss: number
}

/** The loss at the beginning of a training and at its end, each over enough steps that single batches do not decide it. */
export interface MeanTrainingLoss {
  /** `epoch`: the first and the last whole epoch, which have the same records; `tenth`: the first and the last tenth of the steps. */
  readonly over: 'epoch' | 'tenth'
  readonly first: LossStretch
  readonly last: LossStretch
}

/**
 * Compares the training losses of a run's two ends: of whole epochs where it had two of them, otherwise of a tenth of its steps.
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

/** As a sentence part: what the two losses are means of. */
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
