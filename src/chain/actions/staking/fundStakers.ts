import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'

export type FundStakersParameters = ContractAddressParameter

export interface FundStakersReturnType extends Sent {
  readonly amountWei: bigint
}

/**
 * Sends the stakers' part of all payments so far to the Staking contract. Any account may send it.
 *
 * @throws OL1603 when nothing is due
 * @example
 * const { amountWei } = await fundStakers(client)
 */
export async function fundStakers(
  client: WriteClient,
  { address }: FundStakersParameters = {},
): Promise<FundStakersReturnType> {
  const call = {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'fundStakers',
    args: [],
  } as const
  const receipt = await sendCall(client, call)
  const event = eventOf(receipt, call, 'StakersFunded')
  return { amountWei: event.amount, ...sentOf(receipt) }
}
