import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { modelRegistryAbi } from '../../contracts/ModelRegistry.abi.generated.js'

export interface SetModelPricesParameters extends ContractAddressParameter {
  readonly modelId: Hex
  /** Wei of OPEN for 1000 input tokens. */
  readonly inputPriceWei: bigint
  /** Wei of OPEN for 1000 output tokens. */
  readonly outputPriceWei: bigint
}

export type SetModelPricesReturnType = Sent

/**
 * Changes a model's prices, from the next payment on. The client's account must be the model's owner.
 *
 * @throws OL1603 for an unknown model, OL1604 when the account is not its owner
 * @example
 * await setModelPrices(client, { modelId, inputPriceWei: parseEther('1'), outputPriceWei: parseEther('2') })
 */
export async function setModelPrices(
  client: WriteClient,
  { address, modelId, inputPriceWei, outputPriceWei }: SetModelPricesParameters,
): Promise<SetModelPricesReturnType> {
  const receipt = await sendCall(client, {
    contract: 'ModelRegistry',
    address,
    abi: modelRegistryAbi,
    functionName: 'setPrices',
    args: [modelId, inputPriceWei, outputPriceWei],
  })
  return sentOf(receipt)
}
