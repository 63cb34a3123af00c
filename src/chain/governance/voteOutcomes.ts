/**
 * The values of the ledger's `Outcome`, in their order: the vote found the posted root right, a rival root, or neither.
 */
export const voteOutcomes = ['none', 'upheld', 'overturned', 'undecided'] as const

export type VoteOutcome = (typeof voteOutcomes)[number]
