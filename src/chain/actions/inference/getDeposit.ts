import type { Address } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'

export interface GetDepositParameters extends ContractAddressParameter {
  readonly account: Address
}

export interface GetDepositReturnType {
  /** What vouchers can still take. */
  readonly balanceWei: bigint
  /** What of it the account has asked back. */
  readonly withdrawingWei: bigint
  /** Unix time in seconds from which it can be withdrawn; 0 when nothing was asked back. */
  readonly availableAt: number
  /** What a provider should give answers for: `balanceWei` less `withdrawingWei`. */
  readonly spendableWei: bigint
}

/**
 * An account’s deposit for vouchers.
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
