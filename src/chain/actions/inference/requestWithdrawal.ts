import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'

export interface RequestWithdrawalParameters extends ContractAddressParameter {
  /** 0 cancels an earlier request. */
  readonly amountWei: bigint
}

export interface RequestWithdrawalReturnType extends Sent {
  /** Unix time in seconds from which {@link withdrawDeposit} pays it out. */
  readonly availableAt: number
}

/**
 * Requests a part of the client's deposit back. It can be withdrawn after the delay; until then, vouchers take
 * precedence.
 *
 * @throws OL1603 when the deposit is smaller
 * @example
 * const { availableAt } = await requestWithdrawal(client, { amountWei })
 */
export async function requestWithdrawal(
  client: WriteClient,
  { address, amountWei }: RequestWithdrawalParameters,
): Promise<RequestWithdrawalReturnType> {
  const call = {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'requestWithdrawal',
    args: [amountWei],
  } as const
  const receipt = await sendCall(client, call)
  const event = eventOf(receipt, call, 'WithdrawalRequested')
  return { availableAt: Number(event.availableAt), ...sentOf(receipt) }
}
