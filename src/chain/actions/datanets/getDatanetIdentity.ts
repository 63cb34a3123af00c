import { type Hex, zeroHash } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface GetDatanetIdentityParameters extends ContractAddressParameter {
  readonly datanetId: Hex
}

/**
 * The identity that the records of a registered Datanet were signed for; `undefined` when there is no such Datanet.
 *
 * @example
 * const identity = await getDatanetIdentity(client, { datanetId })
 */
export async function getDatanetIdentity(
  client: ReadClient,
  { address, datanetId }: GetDatanetIdentityParameters,
): Promise<Hex | undefined> {
  const identity = await readCall(client, {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'identity',
    args: [datanetId],
  })
  return identity === zeroHash ? undefined : identity
}
