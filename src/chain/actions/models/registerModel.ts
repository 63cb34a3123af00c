import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { modelRegistryAbi } from '../../contracts/ModelRegistry.abi.generated.js'
import type { ModelRegistration } from './getModel.js'

export interface RegisterModelParameters extends ContractAddressParameter, ModelRegistration {}

export interface RegisterModelReturnType extends Sent {
  readonly modelId: Hex
}

/**
 * Registers a model that the client's account owns. The Datanet versions that the model learnt from must be published,
 * and the account must have access to them.
 *
 * @throws OL1603 when the model is registered already, a Datanet version is unknown, or a hash is zero
 * @throws OL1604 when the account has no access to a Datanet
 * @example
 * const { modelId } = await registerModel(client, { ...hashes, sources: [{ datanetId, version: 1 }], inputPriceWei, outputPriceWei })
 */
export async function registerModel(
  client: WriteClient,
  { address, sources, inputPriceWei, outputPriceWei, ...hashes }: RegisterModelParameters,
): Promise<RegisterModelReturnType> {
  const ascending = [...sources].sort((a, b) => (a.datanetId.toLowerCase() < b.datanetId.toLowerCase() ? -1 : 1))
  const call = {
    contract: 'ModelRegistry',
    address,
    abi: modelRegistryAbi,
    functionName: 'register',
    args: [
      {
        ...hashes,
        inputPrice: inputPriceWei,
        outputPrice: outputPriceWei,
        sources: ascending.map(({ datanetId, version }) => ({ datanetId, version: BigInt(version) })),
      },
    ],
  } as const
  const receipt = await sendCall(client, call)
  return { modelId: eventOf(receipt, call, 'ModelRegistered').modelId, ...sentOf(receipt) }
}
