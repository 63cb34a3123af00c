import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'

export type WithdrawDepositParameters = ContractAddressParameter

export interface WithdrawDepositReturnType extends Sent {
  readonly amountWei: bigint
}

/**
 * Pays the client's account the amount of its {@link requestWithdrawal}, or what vouchers left of it.
 *
 * @throws OL1603 without a request, or before its delay is over
 * @example
 * const { amountWei } = await withdrawDeposit(client)
 */
export async function withdrawDeposit(
  client: WriteClient,
  { address }: WithdrawDepositParameters = {},
): Promise<WithdrawDepositReturnType> {
  const call = {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'withdrawDeposit',
    args: [],
  } as const
  const receipt = await sendCall(client, call)
  const event = eventOf(receipt, call, 'DepositWithdrawn')
  return { amountWei: event.amount, ...sentOf(receipt) }
}
