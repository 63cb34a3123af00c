import type { Address, Hex } from 'viem'
import { datanetRegistryAbi } from '../contracts/DatanetRegistry.generated.js'
import type { WriteClient } from '../createChainClient.js'
import { type DatanetPolicy, openPolicy } from '../datanetPolicy.js'
import { eventOf, type Sent, sendCall, sentOf } from '../sendCall.js'

export interface CreateDatanetParameters {
  /** The DatanetRegistry. */
  readonly address: Address
  readonly name: string
  /** SPDX identifier. */
  readonly licence: string
  /** Open to everybody unless given. */
  readonly policy?: DatanetPolicy
}

export interface CreateDatanetReturnType extends Sent {
  readonly datanetId: Hex
}

/**
 * Registers a Datanet that the client's account owns, with all shares of its income. Its id follows from chain, registry, owner and name.
 *
 * @throws OL1603 when the account owns one of this name already, or name or licence is empty
 * @example
 * const { datanetId } = await createDatanet(client, { address, name: 'bees', licence: 'CC-BY-4.0' })
 */
export async function createDatanet(
  client: WriteClient,
  { address, name, licence, policy = openPolicy }: CreateDatanetParameters,
): Promise<CreateDatanetReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'create',
    args: [name, licence, policy],
  } as const
  const receipt = await sendCall(client, call)
  return { datanetId: eventOf(receipt, call, 'DatanetCreated').id, ...sentOf(receipt) }
}
