import type { Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface GetVersionParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  readonly version: number
}

export interface GetVersionReturnType {
  readonly root: Hex
  readonly contentHash: Hex
  readonly recordCount: number
  /** Unix time in seconds. */
  readonly publishedAt: number
}

/**
 * A published version of a Datanet.
 *
 * @throws OL1603 when there is no such version
 * @example
 * const { root } = await getVersion(client, { datanetId, version: 1 })
 */
export async function getVersion(
  client: ReadClient,
  { address, datanetId, version }: GetVersionParameters,
): Promise<GetVersionReturnType> {
  const { root, contentHash, recordCount, publishedAt } = await readCall(client, {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'version',
    args: [datanetId, BigInt(version)],
  })
  return { root, contentHash, recordCount: Number(recordCount), publishedAt: Number(publishedAt) }
}
