import type { Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { attributionLedgerAbi } from '../../contracts/AttributionLedger.abi.generated.js'
import { type VoteOutcome, voteOutcomes } from '../../governance/voteOutcomes.js'

export interface GetVoteParameters extends ContractAddressParameter {
  /** From 1. */
  readonly epoch: number
}

export interface GetVoteReturnType {
  readonly outcome: VoteOutcome
  /** Stake that has voted. */
  readonly castWei: bigint
  /** All stake that can vote; 0 before a challenge. */
  readonly totalWei: bigint
  /** The root that most stake voted for. */
  readonly leadingRoot: Hex
  /** The stake that voted for it. */
  readonly leadingWei: bigint
  /** Number of roots put against the posted one. */
  readonly rivals: number
  /** Unix time in seconds; 0 before a challenge. */
  readonly voteEnd: number
}

/**
 * The present state of the vote on an epoch; its result after it was decided.
 *
 * @example
 * const { outcome, leadingRoot } = await getVote(client, { epoch: 3 })
 */
export async function getVote(client: ReadClient, { address, epoch }: GetVoteParameters): Promise<GetVoteReturnType> {
  const found = await readCall(client, {
    contract: 'AttributionLedger',
    address,
    abi: attributionLedgerAbi,
    functionName: 'tally',
    args: [BigInt(epoch)],
  })
  return {
    outcome: voteOutcomes[found.outcome] ?? 'none',
    castWei: found.cast,
    totalWei: found.total,
    leadingRoot: found.leadingRoot,
    leadingWei: found.leading,
    rivals: found.rivals,
    voteEnd: found.voteEnd,
  }
}
