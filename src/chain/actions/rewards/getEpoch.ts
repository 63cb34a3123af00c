import type { Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { attributionLedgerAbi } from '../../contracts/AttributionLedger.abi.generated.js'

/** The values of the contract's `Status`, in their order. */
const statuses = ['none', 'pending', 'challenged', 'finalized', 'rejected'] as const

export type EpochStatus = (typeof statuses)[number]

export interface GetEpochParameters extends ContractAddressParameter {
  /** From 1. */
  readonly epoch: number
}

export interface GetEpochReturnType {
  readonly status: EpochStatus
  readonly receiptsRoot: Hex
  readonly rewardsRoot: Hex
  readonly manifestHash: Hex
  readonly totalAllocatedWei: bigint
  readonly receiptCount: number
  /** Unix time in seconds; 0 once the epoch is decided. */
  readonly challengeableUntil: number
  /** The operator's bond, and as much as a challenge requires; 0 once the epoch is decided. */
  readonly bondWei: bigint
  /** Unix time in seconds; 0 until then. */
  readonly finalizedAt: number
}

/**
 * The present state of an epoch. Of a rejected one, only the status remains here; {@link getVote} has the result of its
 * vote.
 *
 * @throws OL1603 when there is no such epoch
 * @example
 * const { status, rewardsRoot } = await getEpoch(client, { epoch: 1 })
 */
export async function getEpoch(
  client: ReadClient,
  { address, epoch }: GetEpochParameters,
): Promise<GetEpochReturnType> {
  const found = await readCall(client, {
    contract: 'AttributionLedger',
    address,
    abi: attributionLedgerAbi,
    functionName: 'epoch',
    args: [BigInt(epoch)],
  })
  return {
    status: statuses[found.status] ?? 'none',
    receiptsRoot: found.receiptsRoot,
    rewardsRoot: found.rewardsRoot,
    manifestHash: found.manifestHash,
    totalAllocatedWei: found.totalAllocated,
    receiptCount: Number(found.receiptCount),
    challengeableUntil: Number(found.challengeableUntil),
    bondWei: found.bond,
    finalizedAt: Number(found.finalizedAt),
  }
}
