import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { defaultMinimumShare } from './defaults.js'

export interface ShareInput {
  /** The score of every record for one answer; a positive score means that the record helped. */
  readonly scores: ArrayLike<number>
  /** For each record the index of the original that it copies; an original has its own (see recordOriginals). */
  readonly originals: ArrayLike<number>
  /** The contributor of each record. */
  readonly contributors: readonly string[]
  /** Records below this fraction of the strongest score are noise and earn nothing; 0 to 1. */
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
  /** No record lowered the loss of the answer, so nobody is paid. */
  | { readonly outcome: 'none'; readonly reason: string }

/**
 * Turns one answer's scores into shares: it keeps originals with a positive score above the noise floor, and divides their
 * scores by the sum.
 *
 * A copy has no effect: it earns nothing for any contributor, and it changes no other share. The credit of a text is the full
 * score of its original, the first one contributed. (Taking the best score among copies would reward making variants until one
 * scores high.) Dividing records among several names does not change their total.
 *
 * @throws OL1504 when minimumShare is not from 0 to 1
 * @throws OL1508 when a score is not finite
 * @throws OL1510 when the inputs differ in length
 */
export function attributionShares(input: ShareInput): Shares {
  const { scores, originals, contributors, minimumShare = defaultMinimumShare } = input
  checkInput(input, minimumShare)
  const credit = Float64Array.from(contributors, (_, record) =>
    originals[record] === record ? Math.max(0, scores[record] as number) : 0,
  )
  const strongest = credit.reduce((top, score) => Math.max(top, score), 0)
  if (strongest === 0) return { outcome: 'none', reason: 'no record lowered the loss of this answer' }

  // Scores are divided by the strongest first, because a sum of scores near the largest float64 would overflow.
  const paid = credit.map((score) => (score / strongest >= minimumShare ? score / strongest : 0))
  const total = paid.reduce((sum, score) => sum + score, 0)
  const records = paid.map((score) => score / total)
  return { outcome: 'attributed', records, contributors: byContributor(records, contributors) }
}

/** Sums record shares by contributor, largest first; equal shares are sorted by name. */
export function byContributor(records: Float64Array, contributors: readonly string[]): readonly ContributorShare[] {
  const sums = new Map<string, number>()
  for (const [record, contributor] of contributors.entries())
    sums.set(contributor, (sums.get(contributor) ?? 0) + (records[record] as number))
  return [...sums]
    .map(([contributor, share]) => ({ contributor, share }))
    .sort((a, b) => b.share - a.share || (a.contributor < b.contributor ? -1 : 1))
}

function checkInput({ scores, originals, contributors }: ShareInput, minimumShare: number): void {
  for (const [right, list] of Object.entries({ originals, contributors }))
    if (list.length !== scores.length)
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
