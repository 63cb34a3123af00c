/**
 * The scorers by the names that flags and reports use. `damped` scorers have a curvature, which a damping makes invertible.
 * Names alone: the command line lists them without loading a scorer.
 */
export const scorerNames = {
  'grad-cos': { damped: false },
  'grad-dot': { damped: false },
  datainf: { damped: true },
  efim: { damped: true },
  trak: { damped: true },
} as const satisfies Readonly<Record<string, { readonly damped: boolean }>>

export type ScorerName = keyof typeof scorerNames
