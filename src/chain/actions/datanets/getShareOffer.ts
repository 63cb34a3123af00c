import type { Address, Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface GetShareOfferParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  readonly from: Address
  readonly to: Address
}

export interface GetShareOfferReturnType {
  readonly shares: number
  readonly priceWei: bigint
  /** Unix time in seconds; the offer may be over. */
  readonly expiresAt: number
}

/**
 * An account's offer of its shares of a Datanet to another; `undefined` if there is none.
 *
 * @example
 * const offer = await getShareOffer(client, { datanetId, from: maintainer, to: mara })
 */
export async function getShareOffer(
  client: ReadClient,
  { address, datanetId, from, to }: GetShareOfferParameters,
): Promise<GetShareOfferReturnType | undefined> {
  const [priceWei, expiresAt, shares] = await readCall(client, {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'offers',
    args: [datanetId, from, to],
  })
  return shares === 0 ? undefined : { shares, priceWei, expiresAt: Number(expiresAt) }
}
