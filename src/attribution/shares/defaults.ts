/** The scorer that is used unless another is named. */
export const defaultScorer = 'efim'

/**
 * Clusters of records below this part of the strongest cluster's score are taken for noise, and earn nothing. Any two
 * answers in one language share some gradient: on the seamanship Datanet a floor of a third pays those who hold no
 * information nothing for given answers (5 % at a floor of 0.05), and their specialist 98 %.
 */
export const defaultMinimumShare = 0.33
