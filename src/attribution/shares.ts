import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { defaultMinimumShare } from './defaults.js'

export interface ShareInput {
  /** One answer's score of every record; s > 0 helped. */
  readonly scores: ArrayLike<number>
  /** A label for each record: near-duplicates have the same one (see nearDuplicates). */
  readonly clusters: ArrayLike<number>
  /** The owner of each record. */
  readonly contributors: readonly string[]
  /**
   * When each record was first seen (any increasing number: a sequence, a block, a time). Where it is known, a cluster's
   * credit goes to the owner who was first, so that copying earns nothing. Without it, owners in a cluster share equally.
   */
  readonly firstSeen?: ArrayLike<number>
  /** Clusters below this fraction of the strongest cluster's score are noise and earn nothing; 0 to 1. */
  readonly minimumShare?: number
}

export interface ContributorShare {
  readonly contributor: string
  readonly share: number
}

export type Shares =
  | {
      readonly outcome: 'attributed'
      /** Each record's share; they sum to 1. */
      readonly records: Float64Array
      /** Largest first; they sum to 1. */
      readonly contributors: readonly ContributorShare[]
    }
  /** No record lowered the answer's loss. Nobody is paid by guess. */
  | { readonly outcome: 'none'; readonly reason: string }

/**
 * Turns one answer's scores into shares: positive scores -> the best of each cluster -> clusters above the noise floor ->
 * owners of the cluster -> their best record in it.
 *
 * A cluster counts once whatever number of copies it has: further copies by its owner change nothing; a copy by somebody
 * else takes nothing where `firstSeen` tells who was first, and otherwise leaves the cluster's total as it was. Dividing
 * one's records among several names changes no total.
 *
 * @throws OL1504 when minimumShare is not from 0 to 1
 * @throws OL1508 when a score is not finite
 * @throws OL1510 when the inputs differ in length
 */
export function attributionShares(input: ShareInput): Shares {
  const { scores, contributors, minimumShare = defaultMinimumShare } = input
  checkInput(input, minimumShare)
  const clusters = groupBy(contributors.keys(), (record) => input.clusters[record])
  const score = (record: number): number => scores[record] as number
  const best = (records: readonly number[]): number =>
    records.reduce((top, record) => (score(record) > score(top) ? record : top))
  const ranked = clusters.map((members) => ({ members, score: score(best(members)) }))
  const strongest = ranked.reduce((top, cluster) => Math.max(top, cluster.score), 0)
  if (strongest === 0) return { outcome: 'none', reason: 'no record lowered the loss of this answer' }

  // Relative to the strongest first: the sum of scores near the largest float64 would overflow.
  const paid = ranked.filter((cluster) => cluster.score > 0 && cluster.score / strongest >= minimumShare)
  const total = paid.reduce((sum, cluster) => sum + cluster.score / strongest, 0)
  const records = new Float64Array(scores.length)
  for (const cluster of paid) {
    const owners = creditedOwners(cluster.members, contributors, input.firstSeen)
    for (const owned of owners) records[best(owned)] = cluster.score / strongest / total / owners.length
  }
  return { outcome: 'attributed', records, contributors: byContributor(records, contributors) }
}

/** The records of each owner who shares in a cluster: the first, or all where it is not known who was first. */
function creditedOwners(
  members: readonly number[],
  contributors: readonly string[],
  firstSeen: ArrayLike<number> | undefined,
): readonly (readonly number[])[] {
  const owners = groupBy(members, (record) => contributors[record])
  if (firstSeen === undefined) return owners
  const earliest = Math.min(...members.map((record) => firstSeen[record] as number))
  return owners.filter((owned) => owned.some((record) => firstSeen[record] === earliest))
}

function groupBy<Key>(records: Iterable<number>, keyOf: (record: number) => Key): number[][] {
  const groups = new Map<Key, number[]>()
  for (const record of records) {
    const group = groups.get(keyOf(record))
    if (group === undefined) groups.set(keyOf(record), [record])
    else group.push(record)
  }
  return [...groups.values()]
}

/** Sums record shares by owner, largest first; equal shares in the order of names. */
export function byContributor(records: Float64Array, contributors: readonly string[]): readonly ContributorShare[] {
  const sums = new Map<string, number>()
  for (const [record, contributor] of contributors.entries())
    sums.set(contributor, (sums.get(contributor) ?? 0) + (records[record] as number))
  return [...sums]
    .map(([contributor, share]) => ({ contributor, share }))
    .sort((a, b) => b.share - a.share || (a.contributor < b.contributor ? -1 : 1))
}

function checkInput({ scores, clusters, contributors, firstSeen }: ShareInput, minimumShare: number): void {
  for (const [right, list] of Object.entries({ clusters, contributors, firstSeen }))
    if (list !== undefined && list.length !== scores.length)
      throw new OpenLedgerError('OL1510', {
        left: 'scores',
        right,
        leftLength: scores.length,
        rightLength: list.length,
      })
  if (!(minimumShare >= 0 && minimumShare <= 1))
    throw new OpenLedgerError('OL1504', { option: 'minimumShare', expected: 'from 0 to 1', value: minimumShare })
  for (let record = 0; record < scores.length; record++)
    if (!Number.isFinite(scores[record]))
      throw new OpenLedgerError('OL1508', { record, value: scores[record] as number })
}
