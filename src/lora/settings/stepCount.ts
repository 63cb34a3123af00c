import { type Schedule, stepsOf } from './schedule.js'
import type { TrainingSettings } from './settings.js'

/** Optimizer steps of a whole run. */
export function stepCount(examples: number, settings: TrainingSettings): number {
  const perEpoch = Math.ceil(examples / (settings.batchSize * settings.gradientAccumulation))
  return settings.maxSteps ?? Math.max(1, Math.round(perEpoch * settings.epochs))
}

/** The learning rates of a run of so many steps. */
export const scheduleOf = (settings: TrainingSettings, steps: number): Schedule => ({
  scheduler: settings.lrScheduler,
  peak: settings.learningRate,
  warmup: stepsOf(settings.warmup, steps),
  decay: stepsOf(settings.decay, steps),
  steps,
})
