/** The schedulers, by transformers' names. */
export const schedulers = ['constant', 'linear', 'cosine', 'warmup_stable_decay'] as const
export type Scheduler = (typeof schedulers)[number]

export interface Schedule {
  readonly scheduler: Scheduler
  readonly peak: number
  /** Warmup steps. */
  readonly warmup: number
  /** Decay steps at the end, for `warmup_stable_decay` only. */
  readonly decay: number
  /** Steps of the whole run. */
  readonly steps: number
}

/**
 * The learning rate of a step (0-based): linear warmup from 0, then constant, linear decay or cosine decay to 0 at `steps`;
 * `warmup_stable_decay` (Hu et al. 2024, https://arxiv.org/abs/2404.06395) stays at the peak until the last `decay` steps, and
 * then decays along half a cosine. The values equal those of transformers' get_scheduler.
 */
export function learningRateAt(step: number, { scheduler, peak, warmup, decay, steps }: Schedule): number {
  if (step < warmup) return (peak * step) / warmup
  const falling = scheduler === 'warmup_stable_decay' ? steps - decay : warmup
  if (step < falling) return peak
  const progress = steps > falling ? Math.min(1, (step - falling) / (steps - falling)) : 0
  switch (scheduler) {
    case 'constant':
      return peak
    case 'linear':
      return peak * (1 - progress)
    case 'cosine':
    case 'warmup_stable_decay':
      return (peak * (1 + Math.cos(Math.PI * progress))) / 2
  }
}

/** Converts a number of steps, or a share of all steps if it is below 1, to steps. */
export const stepsOf = (given: number, steps: number): number => (given < 1 ? Math.ceil(given * steps) : given)
