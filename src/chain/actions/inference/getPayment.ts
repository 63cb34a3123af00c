import { type Address, type Hex, zeroAddress } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'

export interface GetPaymentParameters extends ContractAddressParameter {
  readonly inferenceId: Hex
}

export interface GetPaymentReturnType {
  readonly payer: Address
  readonly modelId: Hex
  readonly feeWei: bigint
  readonly poolWei: bigint
}

/**
 * The payment for an inference; `undefined` if there is none.
 *
 * @example
 * const payment = await getPayment(client, { inferenceId })
 */
export async function getPayment(
  client: ReadClient,
  { address, inferenceId }: GetPaymentParameters,
): Promise<GetPaymentReturnType | undefined> {
  const { payer, modelId, fee, pool } = await readCall(client, {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'payment',
    args: [inferenceId],
  })
  return payer === zeroAddress ? undefined : { payer, modelId, feeWei: fee, poolWei: pool }
}
