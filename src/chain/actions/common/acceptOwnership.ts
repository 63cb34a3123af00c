import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'
import { modelRegistryAbi } from '../../contracts/ModelRegistry.abi.generated.js'

export interface AcceptOwnershipParameters extends ContractAddressParameter {
  /** The registry that `id` belongs to. */
  readonly contract: 'DatanetRegistry' | 'ModelRegistry'
  /** Id of the Datanet or the model. */
  readonly id: Hex
}

export type AcceptOwnershipReturnType = Sent

/**
 * Makes the client's account the owner of a Datanet or a model that was offered to it.
 *
 * @throws OL1604 when it was not offered to the account
 * @example
 * await acceptOwnership(client, { contract: 'ModelRegistry', id: modelId })
 */
export async function acceptOwnership(
  client: WriteClient,
  { contract, address, id }: AcceptOwnershipParameters,
): Promise<AcceptOwnershipReturnType> {
  const abi = contract === 'DatanetRegistry' ? datanetRegistryAbi : modelRegistryAbi
  return sentOf(await sendCall(client, { contract, address, abi, functionName: 'acceptOwnership', args: [id] }))
}
