import type { Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'

export interface PriceInferenceParameters extends ContractAddressParameter {
  readonly modelId: Hex
  readonly inputTokens: number
  readonly outputTokens: number
}

/**
 * What an inference costs under a voucher, in wei of OPEN: tokens at the model’s prices, rounded up once. The platform fee of
 * {@link quoteInference} is that of a payment by itself.
 *
 * @throws OL1603 for an unknown model
 * @example
 * const feeWei = await priceInference(client, { modelId, inputTokens: 40, outputTokens: 120 })
 */
export const priceInference = (
  client: ReadClient,
  { address, modelId, inputTokens, outputTokens }: PriceInferenceParameters,
): Promise<bigint> =>
  readCall(client, {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'price',
    args: [modelId, inputTokens, outputTokens],
  })
