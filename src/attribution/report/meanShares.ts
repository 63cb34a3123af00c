import { byContributor, type ContributorShare } from '../shares/shares.js'
import type { Attribution } from './Attribution.js'

/** The contributors' mean share over several answers, largest first. */
export function meanShares(attributions: readonly Attribution[]): readonly ContributorShare[] {
  const all = attributions.flatMap(({ contributors }) => contributors)
  return byContributor(
    Float64Array.from(all, ({ share }) => share / attributions.length),
    all.map(({ contributor }) => contributor),
  )
}
