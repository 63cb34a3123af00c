import type { Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'
import type { DatanetPolicy } from '../../values/datanetPolicy.js'

export interface GetDatanetPolicyParameters extends ContractAddressParameter {
  readonly datanetId: Hex
}

/**
 * What a Datanet requires of contributors and of accounts that train on it.
 *
 * @throws OL1603 for an unknown Datanet
 * @example
 * const { permissionedAccess } = await getDatanetPolicy(client, { datanetId })
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
