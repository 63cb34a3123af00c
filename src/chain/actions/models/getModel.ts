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

export interface GetModelReturnType {
  readonly owner: Address
  readonly baseHash: Hex
  readonly adapterHash: Hex
  readonly manifestHash: Hex
  /** The Datanet versions that it learnt from. */
  readonly sources: readonly ModelSource[]
  /** Wei of OPEN for 1000 input tokens. */
  readonly inputPriceWei: bigint
  /** Wei of OPEN for 1000 output tokens. */
  readonly outputPriceWei: bigint
}

/**
 * A registered model.
 *
 * @throws OL1603 when there is none of this id
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
