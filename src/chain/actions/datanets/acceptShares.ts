import type { Address, Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface AcceptSharesParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  readonly from: Address
  /** Exactly as many as are offered. */
  readonly shares: number
  /** Exactly the price of the offer; it is paid with the call. */
  readonly priceWei: bigint
}

export type AcceptSharesReturnType = Sent

/**
 * Accepts shares that were offered to the client's account, and pays their price.
 *
 * @throws OL1603 when there is no such offer (any more), or its terms differ
 * @throws OL1607 when the account has too few OPEN
 * @example
 * await acceptShares(client, { datanetId, from: maintainer, shares: 2500, priceWei: 0n })
 */
export async function acceptShares(
  client: WriteClient,
  { address, datanetId, from, shares, priceWei }: AcceptSharesParameters,
): Promise<AcceptSharesReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'acceptShares',
    args: [datanetId, from, shares, priceWei],
    value: priceWei,
  } as const
  return sentOf(await sendCall(client, call))
}
