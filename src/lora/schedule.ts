export const schedulers = ['constant', 'linear', 'cosine'] as const
export type Scheduler = (typeof schedulers)[number]

/**
 * The learning rate of a step (0-based): a linear warm-up from 0, then constant, or falling to 0 at `steps` along a line
 * or half a cosine; as the schedules of the same names in transformers.
 */
export function learningRateAt(
  step: number,
  { scheduler, peak, warmup, steps }: { scheduler: Scheduler; peak: number; warmup: number; steps: number },
): number {
  if (step < warmup) return (peak * step) / warmup
  const progress = steps > warmup ? (step - warmup) / (steps - warmup) : 0
  switch (scheduler) {
    case 'constant':
      return peak
    case 'linear':
      return peak * Math.max(0, 1 - progress)
    case 'cosine':
      return peak * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)))
  }
}
