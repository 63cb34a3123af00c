/** The default scorer. */
export const defaultScorer = 'efim'

/**
 * Records below this fraction of the strongest score count as noise and earn nothing. Any two texts in one language share
 * some gradient: on the seamanship Datanet, with given answers, a floor of a third pays nothing to contributors without relevant
 * records (5 % at a floor of 0.05), and 98 % to the specialist.
 */
export const defaultMinimumShare = 0.33
