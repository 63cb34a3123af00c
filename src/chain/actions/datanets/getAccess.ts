import type { Address, Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface GetAccessParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  readonly account: Address
}

export interface GetAccessReturnType {
  /** Whether the account may register models that learnt from the Datanet: by role, grant or policy. */
  readonly allowed: boolean
  /** Unix time in seconds at which the account's grant ends or ended; 0 without one. */
  readonly grantedUntil: number
  /** The least that a request must offer. */
  readonly priceWei: bigint
}

/**
 * Whether an account may train on a Datanet.
 *
 * @throws OL1603 for an unknown Datanet
 * @example
 * const { allowed } = await getAccess(client, { datanetId, account })
 */
export async function getAccess(
  client: ReadClient,
  { address, datanetId, account }: GetAccessParameters,
): Promise<GetAccessReturnType> {
  const registry = { contract: 'DatanetRegistry', address, abi: datanetRegistryAbi } as const
  const [allowed, grant, priceWei] = await Promise.all([
    readCall(client, { ...registry, functionName: 'hasAccess', args: [datanetId, account] }),
    readCall(client, { ...registry, functionName: 'grant', args: [datanetId, account] }),
    readCall(client, { ...registry, functionName: 'accessPrice', args: [datanetId] }),
  ])
  return { allowed, grantedUntil: Number(grant.until), priceWei }
}
