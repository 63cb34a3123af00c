import { type Hex, zeroHash } from 'viem'
import { getBlockTime } from '../../chain/actions/common/getBlockTime.js'
import { challengeEpoch } from '../../chain/actions/rewards/challengeEpoch.js'
import { getBallot } from '../../chain/actions/rewards/getBallot.js'
import { getCandidate } from '../../chain/actions/rewards/getCandidate.js'
import { getEpoch } from '../../chain/actions/rewards/getEpoch.js'
import { getVote } from '../../chain/actions/rewards/getVote.js'
import { type ResolveEpochReturnType, resolveEpoch } from '../../chain/actions/rewards/resolveEpoch.js'
import { type SettleVoteReturnType, settleVote } from '../../chain/actions/rewards/settleVote.js'
import { type VoteEpochReturnType, voteEpoch } from '../../chain/actions/rewards/voteEpoch.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { defineOperation, type Operation } from '../network/Operation.js'
import type { Connection } from '../network/openConnection.js'
import type { RecomputedEpoch } from './recomputeEpoch.js'

/** The devnet's account that acts as validator by default. */
const role = 'user'

export interface AttestationFacts extends Pick<RecomputedEpoch, 'model'> {
  /** The ledger's number of the epoch. */
  readonly epoch: number
  readonly rewardsRoot: Hex
}

/**
 * Votes for an epoch that was computed again.
 *
 * @throws OL1843 when anything of it differs from what was posted
 */
export function attest(
  connection: Connection,
  { onChain: { number: epoch, rewardsRoot }, differences: [first], model }: RecomputedEpoch,
): Operation<VoteEpochReturnType, AttestationFacts> {
  if (first !== undefined) throw new OpenLedgerError('OL1843', { number: epoch, ...first })
  return defineOperation(connection, {
    title: 'Attest it',
    role,
    facts: { epoch, rewardsRoot, model },
    act: (client) => voteEpoch(client, { epoch, rewardsRoot }),
  })
}

/**
 * The root that a validator who computed an epoch again holds against the posted one: its own, or zero when something else
 * than the rewards root is false.
 *
 * @throws OL1844 when nothing differs
 */
export function rivalRoot({ onChain, own, differences }: RecomputedEpoch): Hex {
  if (differences.length === 0)
    throw new OpenLedgerError('OL1844', { number: onChain.number, root: onChain.rewardsRoot })
  const root = own?.manifest.rewardsRoot
  return root === undefined || root === onChain.rewardsRoot ? zeroHash : root
}

export interface ChallengeFacts extends Pick<RecomputedEpoch, 'differences' | 'model'> {
  /** The ledger's number of the epoch. */
  readonly epoch: number
  readonly postedRoot: Hex
  readonly rewardsRoot: Hex
  /** Zero for a vote: only the first to put a root against the posted one pays a bond. */
  readonly bondWei: bigint
}

/** Challenges an epoch with a root; where another validator has put that root against the posted one, votes for it. */
export async function challenge(
  connection: Connection,
  { onChain, differences, model }: Pick<RecomputedEpoch, 'onChain' | 'differences' | 'model'>,
  rewardsRoot: Hex,
): Promise<Operation<VoteEpochReturnType, ChallengeFacts>> {
  const { number: epoch, rewardsRoot: postedRoot } = onChain
  const { challenger } = await getCandidate(connection.client, { epoch, rewardsRoot })
  const bondWei = challenger === undefined ? onChain.bondWei : 0n
  return defineOperation(connection, {
    title: 'Challenge it',
    role,
    facts: { epoch, postedRoot, rewardsRoot, bondWei, differences, model },
    act: (client) =>
      bondWei === 0n
        ? voteEpoch(client, { epoch, rewardsRoot })
        : challengeEpoch(client, { epoch, claimedRewardsRoot: rewardsRoot, bondWei }),
  })
}

export interface EndVoteReturnType {
  /** Undefined where the vote had been ended before. */
  readonly resolved: ResolveEpochReturnType | undefined
  /** What became of the signer's own vote; undefined where it had none to settle. */
  readonly settled: SettleVoteReturnType | undefined
  /** Seconds by which the devnet's clock was moved. */
  readonly warpedSeconds: number
}

/**
 * Ends the vote on a challenged epoch, and settles the signer's own vote.
 *
 * @param epoch the ledger's number
 * @param mayWarp on the devnet: move its clock past the end of the vote
 * @throws OL1603 when it is carried out and the epoch is not challenged, OL1637 when voting is not over
 */
export async function endVote(
  connection: Connection,
  epoch: number,
  mayWarp: boolean,
): Promise<Operation<EndVoteReturnType, { readonly epoch: number }>> {
  const account = connection.as(role).account.address
  const { status } = await getEpoch(connection.client, { epoch })
  const ballot = await getBallot(connection.client, { account })
  const settles = ballot?.epoch === epoch
  // One that is decided may still owe its signer a settlement.
  const resolves = !settles || status === 'challenged' || status === 'pending'
  const warpSeconds = mayWarp && resolves && status === 'challenged' ? await secondsToVoteEnd(connection, epoch) : 0
  return defineOperation(connection, {
    title: 'End the vote',
    role,
    facts: { epoch },
    warpSeconds,
    act: async (client) => ({
      resolved: resolves ? await resolveEpoch(client, { epoch }) : undefined,
      settled: settles ? await settleVote(client, { account }) : undefined,
      warpedSeconds: connection.devnet === undefined ? 0 : warpSeconds,
    }),
  })
}

async function secondsToVoteEnd({ client }: Connection, epoch: number): Promise<number> {
  const { voteEnd } = await getVote(client, { epoch })
  return Math.max(0, voteEnd - (await getBlockTime(client)))
}
