import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { stakingAbi } from '../../contracts/Staking.abi.generated.js'

export interface RequestUnstakeParameters extends ContractAddressParameter {
  readonly amountWei: bigint
}

export interface RequestUnstakeReturnType extends Sent {
  /** Unix time in seconds from which {@link withdrawStake} pays it out. */
  readonly availableAt: number
}

/**
 * Starts the withdrawal of stake. It stops voting and earning at once, and can be slashed until it is paid out. A
 * second request makes the stake of both wait from the beginning.
 *
 * @throws OL1603 when the amount is above the stake, or would leave less than the minimum
 * @example
 * const { availableAt } = await requestUnstake(client, { amountWei })
 */
export async function requestUnstake(
  client: WriteClient,
  { address, amountWei }: RequestUnstakeParameters,
): Promise<RequestUnstakeReturnType> {
  const call = {
    contract: 'Staking',
    address,
    abi: stakingAbi,
    functionName: 'requestUnstake',
    args: [amountWei],
  } as const
  const receipt = await sendCall(client, call)
  return { availableAt: Number(eventOf(receipt, call, 'UnstakeRequested').availableAt), ...sentOf(receipt) }
}
