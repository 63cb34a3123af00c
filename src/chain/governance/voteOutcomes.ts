/** The ledger's `Outcome`, in its order: the posted root was found right, a rival root was, or neither. */
export const voteOutcomes = ['none', 'upheld', 'overturned', 'undecided'] as const

export type VoteOutcome = (typeof voteOutcomes)[number]
