import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'

export interface FundDatanetsParameters extends ContractAddressParameter {
  readonly modelId: Hex
}

export interface FundDatanetsReturnType extends Sent {
  /** The number of the model's Datanets. */
  readonly datanets: number
  readonly amountEachWei: bigint
}

/**
 * Sends the Datanets' part of all payments for a model so far to their shareholders. Any account may send it.
 *
 * @throws OL1603 when nothing is due
 * @example
 * const { amountEachWei } = await fundDatanets(client, { modelId })
 */
export async function fundDatanets(
  client: WriteClient,
  { address, modelId }: FundDatanetsParameters,
): Promise<FundDatanetsReturnType> {
  const call = {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'fundDatanets',
    args: [modelId],
  } as const
  const receipt = await sendCall(client, call)
  const event = eventOf(receipt, call, 'DatanetsFunded')
  return { datanets: Number(event.datanets), amountEachWei: event.amountEach, ...sentOf(receipt) }
}
