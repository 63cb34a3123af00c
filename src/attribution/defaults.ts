/** The scorer that is used unless another is named. */
export const defaultScorer = 'grad-cos'

/** Clusters of records below this part of the strongest cluster's score are taken for noise, and earn nothing. */
export const defaultMinimumShare = 0.05
