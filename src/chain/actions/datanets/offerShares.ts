import type { Address, Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface OfferSharesParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  readonly to: Address
  /** Out of 10000; 0 cancels the offer. */
  readonly shares: number
  /** The price that the other account pays to accept. */
  readonly priceWei: bigint
  /** Unix time in seconds at which the offer ends. */
  readonly expiresAt: number
}

export type OfferSharesReturnType = Sent

/**
 * Offers shares of a Datanet's income to an account, which must accept them. Their income until then belongs to the
 * offering account.
 *
 * @throws OL1603 when the account holds fewer shares
 * @example
 * await offerShares(client, { datanetId, to: mara, shares: 2500, priceWei: 0n, expiresAt })
 */
export async function offerShares(
  client: WriteClient,
  { address, datanetId, to, shares, priceWei, expiresAt }: OfferSharesParameters,
): Promise<OfferSharesReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'offerShares',
    args: [datanetId, to, shares, priceWei, BigInt(expiresAt)],
  } as const
  return sentOf(await sendCall(client, call))
}
