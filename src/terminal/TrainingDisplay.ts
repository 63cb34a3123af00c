import type { LiveLine } from './LiveLine.js'
import { createProgress } from './Progress.js'
import type { Paint } from './Style.js'
import type { StepFacts, TrainingStart } from './TrainingProgress.js'

/** Shows a training while it runs. */
export interface TrainingDisplay {
  step(facts: StepFacts): void
  /** The held-out loss after a step; step 0 means before the first step. */
  evaluation(step: number, loss: number): void
  /** A step of an earlier process, which this one continues. */
  past(step: number, loss: number, meanLoss: number): void
  /** Draws the final state, which stays on the terminal. */
  finish(): void
}

/** Shows a training as a line that is redrawn, or as a few lines in a log. */
export function plainTraining(start: TrainingStart, line: LiveLine, paint: Paint, quiet: boolean): TrainingDisplay {
  const progress = createProgress({ title: 'Train', total: start.steps }, line, paint, quiet)
  let last: StepFacts | undefined
  return {
    step(facts) {
      last = facts
      progress.update(facts.step, `loss ${facts.loss.toFixed(3)}  lr ${facts.learningRate.toExponential(1)}`)
    },
    evaluation(step, loss) {
      // The result of the command already has the first and the last.
      if (!quiet && step > 0 && step < start.steps) line.write(`Held-out loss after step ${step}: ${loss.toFixed(4)}`)
    },
    past: () => undefined,
    finish() {
      // If an earlier process did all steps, there is nothing to show.
      if (last !== undefined) progress.finish(`loss ${last.loss.toFixed(3)}`)
    },
  }
}
