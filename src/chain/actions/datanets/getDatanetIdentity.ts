import { type Address, type Hex, zeroHash } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import { readCall } from '../../client/readCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.generated.js'

export interface GetDatanetIdentityParameters {
  /** The DatanetRegistry. */
  readonly address: Address
  readonly datanetId: Hex
}

/**
 * The identity that the records of a registered Datanet were signed for; `undefined` when there is no such Datanet.
 *
 * @example
 * const identity = await getDatanetIdentity(client, { address, datanetId })
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
