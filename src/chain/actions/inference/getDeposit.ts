import type { Address } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'

export interface GetDepositParameters extends ContractAddressParameter {
  readonly account: Address
}

export interface GetDepositReturnType {
  /** The deposit, all of which vouchers can still take. */
  readonly balanceWei: bigint
  /** The part that the account has requested back. */
  readonly withdrawingWei: bigint
  /** Unix time in seconds from which it can be withdrawn; 0 without a request. */
  readonly availableAt: number
  /** `balanceWei` less `withdrawingWei`: the provider should answer for this much and no more. */
  readonly spendableWei: bigint
}

/**
 * An account's deposit for vouchers.
 *
 * @example
 * const { spendableWei } = await getDeposit(client, { account })
 */
export async function getDeposit(
  client: ReadClient,
  { address, account }: GetDepositParameters,
): Promise<GetDepositReturnType> {
  const { balance, withdrawing, availableAt } = await readCall(client, {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'depositOf',
    args: [account],
  })
  const spendableWei = balance > withdrawing ? balance - withdrawing : 0n
  return { balanceWei: balance, withdrawingWei: withdrawing, availableAt: Number(availableAt), spendableWei }
}
