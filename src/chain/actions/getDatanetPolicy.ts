import type { Address, Hex } from 'viem'
import { datanetRegistryAbi } from '../contracts/DatanetRegistry.generated.js'
import type { ReadClient } from '../createChainClient.js'
import type { DatanetPolicy } from '../datanetPolicy.js'
import { readCall } from '../readCall.js'

export interface GetDatanetPolicyParameters {
  /** The DatanetRegistry. */
  readonly address: Address
  readonly datanetId: Hex
}

/**
 * What a Datanet asks of contributors and of those who train on it.
 *
 * @throws OL1603 for an unknown Datanet
 * @example
 * const { permissionedAccess } = await getDatanetPolicy(client, { address, datanetId })
 */
export const getDatanetPolicy = (
  client: ReadClient,
  { address, datanetId }: GetDatanetPolicyParameters,
): Promise<DatanetPolicy> =>
  readCall(client, {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'policy',
    args: [datanetId],
  })
