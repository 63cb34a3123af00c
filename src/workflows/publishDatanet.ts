import { createDatanet } from '../chain/actions/createDatanet.js'
import { getDatanet } from '../chain/actions/getDatanet.js'
import { getVersion } from '../chain/actions/getVersion.js'
import { publishVersion } from '../chain/actions/publishVersion.js'
import { type CreatedVersion, createVersion } from '../datanet/createVersion.js'
import type { DatanetStore } from '../datanet/DatanetStore.js'
import type { Chain } from './openChain.js'

export interface PublishDatanetReturnType {
  readonly version: CreatedVersion
  readonly datanetId: `0x${string}`
  /** The number that the chain gave the version. */
  readonly onChainVersion: number
  /** Absent when the chain had the version already. */
  readonly transactionHash: `0x${string}` | undefined
}

/**
 * Snapshots the approved records as a version and publishes its root, registering the Datanet first where that was not
 * done. Publishing what is published changes nothing, so the command can be run again after any failure.
 *
 * @throws OL1603, OL1604 when the registry refuses
 */
export async function publishDatanet(store: DatanetStore, chain: Chain): Promise<PublishDatanetReturnType> {
  const version = createVersion(store)
  const client = chain.as('maintainer')
  const address = chain.address('DatanetRegistry')
  const { name, licence } = store.info
  const known = await getDatanet(client, { address, owner: client.account.address, name })
  const datanetId = known?.datanetId ?? (await createDatanet(client, { address, name, licence })).datanetId
  const note = (onChainVersion: number, txHash: string): void =>
    store.notePublication({
      version: version.version,
      chainId: chain.network.chain.id,
      registry: address,
      datanetId,
      onChainVersion,
      txHash,
    })

  if (known !== undefined && known.versionCount > 0) {
    const latest = await getVersion(client, { address, datanetId, version: known.versionCount })
    if (latest.root === version.root && latest.contentHash === version.contentHash)
      return { version, datanetId, onChainVersion: known.versionCount, transactionHash: undefined }
  }
  const { root, recordCount, contentHash } = version
  const sent = await publishVersion(client, { address, datanetId, root, recordCount, contentHash })
  note(sent.version, sent.hash)
  return { version, datanetId, onChainVersion: sent.version, transactionHash: sent.hash }
}
