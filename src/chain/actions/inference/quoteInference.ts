import type { Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'

export interface QuoteInferenceParameters extends ContractAddressParameter {
  readonly modelId: Hex
  readonly inputTokens: number
  readonly outputTokens: number
}

/**
 * The price of an inference now, in wei of OPEN: its tokens at the model's prices, rounded up once, plus the platform
 * fee.
 *
 * @throws OL1603 for an unknown model
 * @example
 * const feeWei = await quoteInference(client, { modelId, inputTokens: 40, outputTokens: 120 })
 */
export const quoteInference = (
  client: ReadClient,
  { address, modelId, inputTokens, outputTokens }: QuoteInferenceParameters,
): Promise<bigint> =>
  readCall(client, {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'quote',
    args: [modelId, inputTokens, outputTokens],
  })
