import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'

export interface PayInferenceParameters extends ContractAddressParameter {
  readonly modelId: Hex
  /** Identifies the inference; it can be paid for only once. See `Receipt`. */
  readonly inferenceId: Hex
  readonly inputTokens: number
  readonly outputTokens: number
  /** Exactly the price that {@link quoteInference} returned. */
  readonly feeWei: bigint
}

export interface PayInferenceReturnType extends Sent {
  readonly feeWei: bigint
  /** The part of the fee that went to the contributors' pool. */
  readonly poolWei: bigint
}

/**
 * Pays for an inference from the client's account. The contributors' part reaches the pool in the same transaction.
 *
 * @throws OL1603 when the inference is paid already, the model is unknown, or the price has changed
 * @throws OL1607 when the account has too few OPEN
 * @example
 * const feeWei = await quoteInference(client, { modelId, inputTokens, outputTokens })
 * const { poolWei } = await payInference(client, { modelId, inferenceId, inputTokens, outputTokens, feeWei })
 */
export async function payInference(
  client: WriteClient,
  { address, modelId, inferenceId, inputTokens, outputTokens, feeWei }: PayInferenceParameters,
): Promise<PayInferenceReturnType> {
  const call = {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'pay',
    args: [modelId, inferenceId, inputTokens, outputTokens],
    value: feeWei,
  } as const
  const receipt = await sendCall(client, call)
  const { fee, pool } = eventOf(receipt, call, 'InferencePaid')
  return { feeWei: fee, poolWei: pool, ...sentOf(receipt) }
}
