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
  /** All stake that could; 0 while nobody has challenged. */
  readonly totalWei: bigint
  /** The root that most stake voted for, how much did. */
  readonly leadingRoot: Hex
  readonly leadingWei: bigint
  /** Number of roots put against the posted one. */
  readonly rivals: number
  /** Unix time in seconds; 0 while nobody has challenged. */
  readonly voteEnd: number
}

/**
 * The vote on an epoch as it stands, also after it was decided.
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
