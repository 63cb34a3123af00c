import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface SetAccessPriceParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  /** The least that a request must offer. */
  readonly priceWei: bigint
}

export type SetAccessPriceReturnType = Sent

/**
 * Sets the least that future requests to train on the Datanet must offer. The client's account must be its owner.
 *
 * @throws OL1603 for an unknown Datanet, OL1604 when the account is not its owner
 * @example
 * await setAccessPrice(client, { datanetId, priceWei: parseEther('50') })
 */
export async function setAccessPrice(
  client: WriteClient,
  { address, datanetId, priceWei }: SetAccessPriceParameters,
): Promise<SetAccessPriceReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'setAccessPrice',
    args: [datanetId, priceWei],
  } as const
  return sentOf(await sendCall(client, call))
}
