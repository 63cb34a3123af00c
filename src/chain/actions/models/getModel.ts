import type { Address, Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { modelRegistryAbi } from '../../contracts/ModelRegistry.abi.generated.js'

export interface GetModelParameters extends ContractAddressParameter {
  readonly modelId: Hex
}

/** A published version of a Datanet. */
export interface ModelSource {
  readonly datanetId: Hex
  readonly version: number
}

/** What a model is registered with. Only the prices can change. */
export interface ModelRegistration {
  readonly baseHash: Hex
  readonly adapterHash: Hex
  /** Hash of the training manifest, from which the training can be run again. */
  readonly manifestHash: Hex
  /** The Datanet versions that the model learnt from: 1 to 8, each of another Datanet, in any order. */
  readonly sources: readonly ModelSource[]
  /** Wei of OPEN for 1000 input tokens. */
  readonly inputPriceWei: bigint
  /** Wei of OPEN for 1000 output tokens. */
  readonly outputPriceWei: bigint
}

export interface GetModelReturnType extends ModelRegistration {
  readonly owner: Address
}

/**
 * A registered model: its owner, hashes, sources and prices.
 *
 * @throws OL1603 for an unknown model
 * @example
 * const { owner, inputPriceWei } = await getModel(client, { modelId })
 */
export async function getModel(
  client: ReadClient,
  { address, modelId }: GetModelParameters,
): Promise<GetModelReturnType> {
  const { sources, inputPrice, outputPrice, ...model } = await readCall(client, {
    contract: 'ModelRegistry',
    address,
    abi: modelRegistryAbi,
    functionName: 'model',
    args: [modelId],
  })
  const { owner, baseHash, adapterHash, manifestHash } = model
  return {
    owner,
    baseHash,
    adapterHash,
    manifestHash,
    sources: sources.map(({ datanetId, version }) => ({ datanetId, version: Number(version) })),
    inputPriceWei: inputPrice,
    outputPriceWei: outputPrice,
  }
}
