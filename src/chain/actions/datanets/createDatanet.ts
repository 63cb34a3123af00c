import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'
import { type DatanetPolicy, openPolicy } from '../../values/datanetPolicy.js'

export interface CreateDatanetParameters extends ContractAddressParameter {
  readonly name: string
  /** The Datanet's identity is derived from its name and this salt. */
  readonly salt: Hex
  /** SPDX identifier. */
  readonly licence: string
  /** By default open to everybody ({@link openPolicy}). */
  readonly policy?: DatanetPolicy
}

export interface CreateDatanetReturnType extends Sent {
  readonly datanetId: Hex
}

/**
 * Registers a Datanet that the client's account owns, with all shares of its income. Its id follows from chain,
 * registry, owner and identity, and its identity from name and salt.
 *
 * @throws OL1603 when the account has registered this Datanet already, or the name or the licence is empty
 * @example
 * const { datanetId } = await createDatanet(client, { name: 'bees', salt, licence: 'CC-BY-4.0' })
 */
export async function createDatanet(
  client: WriteClient,
  { address, name, salt, licence, policy = openPolicy }: CreateDatanetParameters,
): Promise<CreateDatanetReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'create',
    args: [name, salt, licence, policy],
  } as const
  const receipt = await sendCall(client, call)
  return { datanetId: eventOf(receipt, call, 'DatanetCreated').id, ...sentOf(receipt) }
}
