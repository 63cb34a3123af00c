import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface PublishVersionParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  /** Root of the standard tree over (recordId, contributor, sequence). */
  readonly root: Hex
  readonly recordCount: number
  /** keccak256 of the version's records.jsonl. */
  readonly contentHash: Hex
  /** SPDX identifier of this version's licence. */
  readonly licence: string
  /** Content id under which the records can be fetched; it is written to the chain's log. */
  readonly cid?: string
}

export interface PublishVersionReturnType extends Sent {
  /** Number of the new version, from 1. */
  readonly version: number
}

/**
 * Publishes the next version of a Datanet. The client's account must be its owner or a curator.
 *
 * @throws OL1603 for an unknown Datanet, an empty version or no licence, OL1604 when the account may not publish
 * @example
 * const { version, hash } = await publishVersion(client, { datanetId, root, recordCount: 120, contentHash, licence })
 */
export async function publishVersion(
  client: WriteClient,
  { address, datanetId, root, recordCount, contentHash, licence, cid = '' }: PublishVersionParameters,
): Promise<PublishVersionReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'publish',
    args: [datanetId, root, BigInt(recordCount), contentHash, cid, licence],
  } as const
  const receipt = await sendCall(client, call)
  const { version } = eventOf(receipt, call, 'VersionPublished')
  return { version: Number(version), ...sentOf(receipt) }
}
