import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { attributionLedgerAbi } from '../../contracts/AttributionLedger.abi.generated.js'

export interface FinalizeEpochParameters extends ContractAddressParameter {
  readonly epoch: number
}

export interface FinalizeEpochReturnType extends Sent {
  /** From now on, claims are proven against this root. */
  readonly rewardsRoot: Hex
  readonly totalAllocatedWei: bigint
}

/**
 * Makes an unchallenged epoch claimable after its window, and frees its bond. Any account may send it.
 *
 * @throws OL1603 when the epoch is not pending, or its window is still open
 * @example
 * await finalizeEpoch(client, { epoch: 1 })
 */
export async function finalizeEpoch(
  client: WriteClient,
  { address, epoch }: FinalizeEpochParameters,
): Promise<FinalizeEpochReturnType> {
  const call = {
    contract: 'AttributionLedger',
    address,
    abi: attributionLedgerAbi,
    functionName: 'finalize',
    args: [BigInt(epoch)],
  } as const
  const receipt = await sendCall(client, call)
  const { rewardsRoot, totalAllocated } = eventOf(receipt, call, 'EpochFinalized')
  return { rewardsRoot, totalAllocatedWei: totalAllocated, ...sentOf(receipt) }
}
