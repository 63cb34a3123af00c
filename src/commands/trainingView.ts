import type { TrainingPlan } from '../lora/prepareTraining.js'
import { RunningMean } from '../lora/RunningMean.js'
import type { TrainParameters } from '../lora/train.js'
import type { Output } from '../terminal/createOutput.js'
import type { TrainingDisplay } from '../terminal/TrainingDisplay.js'

export interface TrainingViewOptions {
  /** What is trained. */
  readonly title: string
  readonly device: string
  /** False where one line is enough. */
  readonly live: boolean
}

/** Shows a training while it runs: what is about to happen, then the view of the terminal. */
export async function trainingView(output: Output, { title, device, live }: TrainingViewOptions) {
  const begin = await output.training({ live })
  let display: TrainingDisplay | undefined
  let mean: RunningMean | undefined
  return {
    listeners: {
      onPlan(plan: TrainingPlan): void {
        tellPlan(output, plan)
        display = begin({ title, device, steps: plan.steps })
        mean = new RunningMean(plan.steps)
      },
      onStep(report): void {
        display?.step({ ...report, meanLoss: mean?.add(report.loss) ?? report.loss })
      },
      onEvaluation({ step, evaluation }): void {
        display?.evaluation(step, evaluation.loss)
      },
    } satisfies Pick<TrainParameters, 'onPlan' | 'onStep' | 'onEvaluation'>,
    /** To be called when the adapter is written. */
    finish(): void {
      display?.finish()
    },
  }
}

function tellPlan(output: Output, plan: TrainingPlan): void {
  output.note(
    `${plan.records} records, ${plan.tokens} tokens (${plan.labelledTokens} with loss), ${plan.steps} steps, ${plan.heldOut} held out`,
  )
  if (plan.truncatedTokens > 0) output.warn(`${plan.truncatedTokens} tokens are beyond --max-length and were cut off`)
  if (plan.droppedRecords > 0) output.warn(`${plan.droppedRecords} records have nothing to learn and were left out`)
}
