import type { Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'

export interface GetDatanetsDueParameters extends ContractAddressParameter {
  readonly modelId: Hex
}

/**
 * The Datanets' part of payments for a model that {@link fundDatanets} has not sent on yet, in wei, for all its
 * Datanets together.
 *
 * @example
 * const dueWei = await getDatanetsDue(client, { modelId })
 */
export const getDatanetsDue = (client: ReadClient, { address, modelId }: GetDatanetsDueParameters): Promise<bigint> =>
  readCall(client, {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'datanetsDue',
    args: [modelId],
  })
