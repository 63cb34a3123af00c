import { type Address, type Hex, zeroAddress } from 'viem'
import { datanetRegistryAbi } from '../contracts/DatanetRegistry.generated.js'
import type { ReadClient } from '../createChainClient.js'
import { readCall } from '../readCall.js'

export interface GetDatanetParameters {
  /** The DatanetRegistry. */
  readonly address: Address
  readonly owner: Address
  readonly name: string
}

export interface GetDatanetReturnType {
  readonly datanetId: Hex
  readonly owner: Address
  /** Number of the newest version, 0 before the first. */
  readonly versionCount: number
}

/**
 * A Datanet by its owner and name; `undefined` when it was not created yet.
 *
 * @example
 * const datanet = await getDatanet(client, { address, owner, name: 'bees' })
 */
export async function getDatanet(
  client: ReadClient,
  { address, owner, name }: GetDatanetParameters,
): Promise<GetDatanetReturnType | undefined> {
  const registry = { contract: 'DatanetRegistry', address, abi: datanetRegistryAbi } as const
  const datanetId = await readCall(client, { ...registry, functionName: 'datanetIdOf', args: [owner, name] })
  const [found, versionCount] = await Promise.all([
    readCall(client, { ...registry, functionName: 'owner', args: [datanetId] }),
    readCall(client, { ...registry, functionName: 'versionCount', args: [datanetId] }),
  ])
  return found === zeroAddress ? undefined : { datanetId, owner: found, versionCount: Number(versionCount) }
}
