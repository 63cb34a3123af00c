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
import type { WriteClient } from '../../chain/client/ChainClient.js'
import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import { warp } from '../../devnet/state/warp.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Connection } from '../network/openConnection.js'
import type { RecomputedEpoch } from './recomputeEpoch.js'

/** Who plays the validator on a devnet unless `--account` names another. */
const validator = 'user'

/** What a validator is about to say of an epoch. */
export interface Judgement {
  /** The ledger's number of the epoch. */
  readonly epoch: number
  readonly rewardsRoot: Hex
  /** Zero for a vote: only putting a root against the posted one takes a bond. */
  readonly bondWei: bigint
}

/**
 * An attestation of an epoch that was computed again.
 *
 * @throws OL1843 when anything of it differs from what was posted
 */
export function prepareAttestation({ onChain, differences }: RecomputedEpoch): Judgement {
  const [first] = differences
  if (first === undefined) return { epoch: onChain.number, rewardsRoot: onChain.rewardsRoot, bondWei: 0n }
  throw new OpenLedgerError('OL1843', { number: onChain.number, ...first })
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

/** A challenge with a root; where somebody else has put it against the posted one already, a vote for it. */
export async function prepareChallenge(connection: Connection, epoch: number, rewardsRoot: Hex): Promise<Judgement> {
  const { challenger } = await getCandidate(connection.client, { epoch, rewardsRoot })
  if (challenger !== undefined) return { epoch, rewardsRoot, bondWei: 0n }
  const { bondWei } = await getEpoch(connection.client, { epoch })
  return { epoch, rewardsRoot, bondWei }
}

/** Sends a judgement: a challenge where it has a bond, else a vote. */
export const sendJudgement = (connection: Connection, judgement: Judgement): Promise<VoteEpochReturnType> =>
  judge(connection.as(validator), judgement)

/** The transaction that {@link sendJudgement} would send, checked. */
export async function planJudgement(
  connection: Connection,
  judgement: Judgement,
): Promise<readonly PlannedTransaction[]> {
  const planned = await connection.plan(validator, (client) => judge(client, judgement))
  return planned === undefined ? [] : [planned]
}

function judge(client: WriteClient, { epoch, rewardsRoot, bondWei }: Judgement): Promise<VoteEpochReturnType> {
  return bondWei === 0n
    ? voteEpoch(client, { epoch, rewardsRoot })
    : challengeEpoch(client, { epoch, claimedRewardsRoot: rewardsRoot, bondWei })
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
 * @throws OL1603 when the epoch is not challenged, or voting is not over
 */
export async function endVote(connection: Connection, epoch: number, mayWarp: boolean): Promise<EndVoteReturnType> {
  const client = connection.as(validator)
  const { status } = await getEpoch(connection.client, { epoch })
  let warpedSeconds = 0
  let resolved: ResolveEpochReturnType | undefined
  const ballot = await getBallot(connection.client, { account: client.account.address })
  // One that is decided may still owe its signer a settlement.
  if (ballot?.epoch !== epoch || status === 'challenged' || status === 'pending') {
    const { voteEnd } = await getVote(connection.client, { epoch })
    const seconds = voteEnd - (await getBlockTime(connection.client))
    if (mayWarp && connection.devnet !== undefined && status === 'challenged' && seconds > 0) {
      await warp(connection.devnet, seconds)
      warpedSeconds = seconds
    }
    resolved = await resolveEpoch(client, { epoch })
  }
  const settled = ballot?.epoch === epoch ? await settleVote(client, { account: client.account.address }) : undefined
  return { resolved, settled, warpedSeconds }
}

/** The transaction that {@link endVote} would send first, checked. */
export async function planEndOfVote(connection: Connection, epoch: number): Promise<readonly PlannedTransaction[]> {
  const planned = await connection.plan(validator, (client) => resolveEpoch(client, { epoch }))
  return planned === undefined ? [] : [planned]
}
