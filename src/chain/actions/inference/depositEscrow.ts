import type { Address } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'

export interface DepositEscrowParameters extends ContractAddressParameter {
  /** The deposit's owner; any account may pay it in. */
  readonly account: Address
  readonly amountWei: bigint
}

export type DepositEscrowReturnType = Sent

/**
 * Adds OPEN to an account's deposit, against which its vouchers are redeemed.
 *
 * @throws OL1603 when the amount is zero
 * @throws OL1607 when the account has too few OPEN
 * @example
 * await depositEscrow(client, { account: client.account.address, amountWei: parseEther('10') })
 */
export async function depositEscrow(
  client: WriteClient,
  { address, account, amountWei }: DepositEscrowParameters,
): Promise<DepositEscrowReturnType> {
  const call = {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'deposit',
    args: [account],
    value: amountWei,
  } as const
  return sentOf(await sendCall(client, call))
}
