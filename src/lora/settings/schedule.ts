/** Named as in transformers. */
export const schedulers = ['constant', 'linear', 'cosine', 'warmup_stable_decay'] as const
export type Scheduler = (typeof schedulers)[number]

export interface Schedule {
  readonly scheduler: Scheduler
  readonly peak: number
  /** Steps of the warm-up. */
  readonly warmup: number
  /** Steps of the fall at the end; only `warmup_stable_decay` has such. */
  readonly decay: number
  /** Steps of the whole run. */
  readonly steps: number
}

/**
 * The learning rate of a step (0-based): a linear warm-up from 0, then constant, or falling to 0 at `steps` along a line
 * or half a cosine; `warmup_stable_decay` (Hu et al. 2024, https://arxiv.org/abs/2404.06395) stays at the peak until the
 * last `decay` steps, and falls along half a cosine. The numbers are those of transformers' get_scheduler.
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

/** A number of steps given as such, or, below 1, as a share of all steps. */
export const stepsOf = (given: number, steps: number): number => (given < 1 ? Math.ceil(given * steps) : given)
