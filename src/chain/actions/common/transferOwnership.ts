import type { Address, Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'
import { modelRegistryAbi } from '../../contracts/ModelRegistry.abi.generated.js'

export interface TransferOwnershipParameters extends ContractAddressParameter {
  /** The registry that `id` belongs to. */
  readonly contract: 'DatanetRegistry' | 'ModelRegistry'
  /** Id of the Datanet or the model. */
  readonly id: Hex
  /** The account that may accept; the zero address cancels an offer. */
  readonly to: Address
}

export type TransferOwnershipReturnType = Sent

/**
 * Offers a Datanet or a model to an account, which becomes its owner with {@link acceptOwnership}. The client's account
 * must own it. Shares of a Datanet's income stay with their holders.
 *
 * @throws OL1603 when it is unknown, OL1604 when the account does not own it
 * @example
 * await transferOwnership(client, { contract: 'ModelRegistry', id: modelId, to: mara })
 */
export async function transferOwnership(
  client: WriteClient,
  { contract, address, id, to }: TransferOwnershipParameters,
): Promise<TransferOwnershipReturnType> {
  const abi = contract === 'DatanetRegistry' ? datanetRegistryAbi : modelRegistryAbi
  return sentOf(await sendCall(client, { contract, address, abi, functionName: 'transferOwnership', args: [id, to] }))
}
