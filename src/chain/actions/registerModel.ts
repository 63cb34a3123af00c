import type { Address, Hex } from 'viem'
import { modelRegistryAbi } from '../contracts/ModelRegistry.generated.js'
import type { WriteClient } from '../createChainClient.js'
import { eventOf, type Sent, sendCall, sentOf } from '../sendCall.js'

export interface RegisterModelParameters {
  /** The ModelRegistry. */
  readonly address: Address
  readonly baseHash: Hex
  readonly adapterHash: Hex
  /** Hash of the training manifest, from which the training can be run again. */
  readonly manifestHash: Hex
  readonly datanetId: Hex
  readonly datanetVersion: number
  /** Wei of OPEN for 1000 input tokens. */
  readonly inputPrice: bigint
  /** Wei of OPEN for 1000 output tokens. */
  readonly outputPrice: bigint
}

export interface RegisterModelReturnType extends Sent {
  readonly modelId: Hex
}

/**
 * Registers a model that the client's account owns. The Datanet version that it learnt from must have been published.
 *
 * @throws OL1603 when it is registered already, its Datanet version is unknown, or a hash is zero
 * @example
 * const { modelId } = await registerModel(client, { address, ...hashes, datanetId, datanetVersion: 1, inputPrice, outputPrice })
 */
export async function registerModel(
  client: WriteClient,
  { address, datanetVersion, ...registration }: RegisterModelParameters,
): Promise<RegisterModelReturnType> {
  const call = {
    contract: 'ModelRegistry',
    address,
    abi: modelRegistryAbi,
    functionName: 'register',
    args: [{ ...registration, datanetVersion: BigInt(datanetVersion) }],
  } as const
  const receipt = await sendCall(client, call)
  return { modelId: eventOf(receipt, call, 'ModelRegistered').modelId, ...sentOf(receipt) }
}
