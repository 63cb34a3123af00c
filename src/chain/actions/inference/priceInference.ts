import type { ReadClient } from '../../client/ChainClient.js'
import { readCall } from '../../client/readCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'
import type { QuoteInferenceParameters } from './quoteInference.js'

export type PriceInferenceParameters = QuoteInferenceParameters

/**
 * The price of an inference that a voucher pays for, in wei of OPEN: its tokens at the model's prices, rounded up once.
 * Only a payment of its own also costs the platform fee ({@link quoteInference}).
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
