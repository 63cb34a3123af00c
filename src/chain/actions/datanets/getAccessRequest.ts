import type { Address, Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

/** In the order in which the registry numbers them. */
const statuses = ['none', 'pending', 'approved', 'rejected', 'cancelled'] as const

export interface GetAccessRequestParameters extends ContractAddressParameter {
  readonly requestId: number
}

export interface GetAccessRequestReturnType {
  readonly requestId: number
  readonly datanetId: Hex
  readonly account: Address
  readonly priceWei: bigint
  readonly periodSeconds: number
  /** Unix time in seconds after which the request cannot be approved. */
  readonly decideBy: number
  readonly status: (typeof statuses)[number]
}

/**
 * The present state of a request to train on a Datanet; `undefined` if there is none of this number.
 *
 * @example
 * const request = await getAccessRequest(client, { requestId: 1 })
 */
export async function getAccessRequest(
  client: ReadClient,
  { address, requestId }: GetAccessRequestParameters,
): Promise<GetAccessRequestReturnType | undefined> {
  const { id, account, period, decideBy, status, price } = await readCall(client, {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'request',
    args: [BigInt(requestId)],
  })
  const known = statuses[status] as (typeof statuses)[number]
  if (known === 'none') return undefined
  return { requestId, datanetId: id, account, priceWei: price, periodSeconds: period, decideBy, status: known }
}
