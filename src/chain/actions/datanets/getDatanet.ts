import { type Address, type Hex, zeroAddress } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface GetDatanetParameters extends ContractAddressParameter {
  readonly owner: Address
  /** The identity that its contributors sign for. */
  readonly identity: Hex
}

export interface GetDatanetReturnType {
  readonly datanetId: Hex
  readonly owner: Address
  /** Number of the newest version, 0 before the first. */
  readonly versionCount: number
}

/**
 * A Datanet by the account that registered it and its identity; `undefined` when it was not registered yet.
 *
 * @example
 * const datanet = await getDatanet(client, { owner, identity })
 */
export async function getDatanet(
  client: ReadClient,
  { address, owner, identity }: GetDatanetParameters,
): Promise<GetDatanetReturnType | undefined> {
  const registry = { contract: 'DatanetRegistry', address, abi: datanetRegistryAbi } as const
  const datanetId = await readCall(client, { ...registry, functionName: 'datanetIdOf', args: [owner, identity] })
  const [found, versionCount] = await Promise.all([
    readCall(client, { ...registry, functionName: 'owner', args: [datanetId] }),
    readCall(client, { ...registry, functionName: 'versionCount', args: [datanetId] }),
  ])
  return found === zeroAddress ? undefined : { datanetId, owner: found, versionCount: Number(versionCount) }
}
