import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { attributionLedgerAbi } from '../../contracts/AttributionLedger.abi.generated.js'

export interface PostEpochParameters extends ContractAddressParameter {
  /** Root over (inferenceId, receiptHash, poolWei). */
  readonly receiptsRoot: Hex
  /** Root over (chainId, rewardPool, account, cumulativeWei). */
  readonly rewardsRoot: Hex
  /** Everything that the rewards tree allocates since the beginning. */
  readonly totalAllocatedWei: bigint
  readonly receiptCount: number
  readonly manifestHash: Hex
  /** Exactly the bond that {@link getLedger} returns; the poster gets it back when the epoch is final. */
  readonly bondWei: bigint
}

export interface PostEpochReturnType extends Sent {
  /** Number of the epoch, from 1. */
  readonly epoch: number
  /** Unix time in seconds from which the epoch can be finalized. */
  readonly challengeableUntil: number
}

/**
 * Posts the next epoch. The client's account must be the ledger's operator.
 *
 * @throws OL1603 when another epoch is still in question, or nothing new is allocated
 * @throws OL1604 when the account is not the operator
 * @throws OL1605 when more is allocated than was paid in
 * @example
 * const { bondWei } = await getLedger(client)
 * const { epoch, challengeableUntil } = await postEpoch(client, { ...roots, bondWei })
 */
export async function postEpoch(
  client: WriteClient,
  { address, receiptsRoot, rewardsRoot, totalAllocatedWei, receiptCount, manifestHash, bondWei }: PostEpochParameters,
): Promise<PostEpochReturnType> {
  const call = {
    contract: 'AttributionLedger',
    address,
    abi: attributionLedgerAbi,
    functionName: 'post',
    args: [receiptsRoot, rewardsRoot, totalAllocatedWei, BigInt(receiptCount), manifestHash],
    value: bondWei,
  } as const
  const receipt = await sendCall(client, call)
  const { epoch, challengeableUntil } = eventOf(receipt, call, 'EpochPosted')
  return { epoch: Number(epoch), challengeableUntil: Number(challengeableUntil), ...sentOf(receipt) }
}
