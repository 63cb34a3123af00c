import { createDatanet } from '../../chain/actions/datanets/createDatanet.js'
import { getVersion } from '../../chain/actions/datanets/getVersion.js'
import { publishVersion } from '../../chain/actions/datanets/publishVersion.js'
import { laterTransaction, type PlannedTransaction } from '../../chain/client/describeTransaction.js'
import { isDevAddress } from '../../chain/client/devMnemonic.js'
import { datanetRegistryAbi } from '../../chain/contracts/DatanetRegistry.abi.generated.js'
import type { DatanetStore } from '../../datanet/store/DatanetStore.js'
import {
  type CreatedVersion,
  createVersion,
  previewVersion,
  type VersionPreview,
} from '../../datanet/versions/createVersion.js'
import { verifyApproved } from '../../datanet/versions/verifySignatures.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { eventTransaction } from '../network/eventTransaction.js'
import type { Connection } from '../network/openConnection.js'
import { ownDatanet } from './ownDatanet.js'

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
 * done. Who came to own it since, or is its curator, publishes a version of it too. Publishing what is published changes nothing, so the command can be run again after any failure.
 *
 * @throws OL1603, OL1604 when the registry refuses
 * @throws OL1110, OL1111 or OL1116 when the signature of an approved record does not hold
 * @throws OL1634 when a contributor is a public test key and the network is not local
 */
export async function publishDatanet(store: DatanetStore, connection: Connection): Promise<PublishDatanetReturnType> {
  requireOwnKeys(store, connection)
  await verifyApproved(store)
  const version = createVersion(store)
  const client = connection.as('maintainer')
  const registry = connection.address('DatanetRegistry')
  const { name, salt, licence } = store.info
  const known = await ownDatanet(connection, store, client.account.address)
  const datanetId = known?.datanetId ?? (await createDatanet(client, { name, salt, licence })).datanetId
  const { version: number, root, recordCount, contentHash } = version
  const chainId = connection.network.chain.id
  const note = (onChainVersion: number, txHash: string): void =>
    store.notePublication({ version: number, chainId, registry, datanetId, onChainVersion, txHash })

  const onChainVersion = known?.versionCount ?? 0
  if (onChainVersion > 0) {
    const latest = await getVersion(client, { datanetId, version: onChainVersion })
    if (latest.root === root && latest.contentHash === contentHash) {
      const sent = await eventTransaction(connection, {
        contract: 'DatanetRegistry',
        abi: datanetRegistryAbi,
        eventName: 'VersionPublished',
        args: { id: datanetId, version: BigInt(onChainVersion) },
      })
      // A run that was stopped after it had published did not note it, or the note is of an earlier devnet.
      const noted = store
        .publications()
        .find((each) => each.version === number && each.chainId === chainId && each.registry === registry)
      if (noted === undefined || (sent !== undefined && noted.txHash !== sent)) note(onChainVersion, sent ?? '')
      return { version, datanetId, onChainVersion, transactionHash: undefined }
    }
  }
  const sent = await publishVersion(client, { datanetId, root, recordCount, contentHash, licence })
  note(sent.version, sent.hash)
  return { version, datanetId, onChainVersion: sent.version, transactionHash: sent.hash }
}

/** What publishing would make and send. */
export interface PlannedPublication {
  readonly version: VersionPreview
  /** None where the chain has the version already. */
  readonly transactions: readonly PlannedTransaction[]
}

/**
 * Tells what {@link publishDatanet} would do. Writes and sends nothing.
 *
 * @throws as {@link publishDatanet}
 */
export async function planPublication(store: DatanetStore, connection: Connection): Promise<PlannedPublication> {
  requireOwnKeys(store, connection)
  await verifyApproved(store)
  const version = previewVersion(store)
  const owner = connection.as('maintainer').account.address
  const { name, salt, licence } = store.info
  const { root, recordCount, contentHash } = version
  const known = await ownDatanet(connection, store, owner)
  if (known === undefined) {
    const creation = await connection.plan('maintainer', (client) => createDatanet(client, { name, salt, licence }))
    const words = { 'id of': name, root, recordCount: String(recordCount), contentHash, licence }
    const publication = laterTransaction(connection.network, owner, {
      contract: 'DatanetRegistry',
      function: 'publish',
      arguments: Object.entries(words).map(([argument, value]) => ({ name: argument, value })),
    })
    return { version, transactions: creation === undefined ? [publication] : [creation, publication] }
  }
  const { datanetId, versionCount } = known
  if (versionCount > 0) {
    const latest = await getVersion(connection.client, { datanetId, version: versionCount })
    if (latest.root === root && latest.contentHash === contentHash) return { version, transactions: [] }
  }
  const publication = await connection.plan('maintainer', (client) =>
    publishVersion(client, { datanetId, root, recordCount, contentHash, licence }),
  )
  return { version, transactions: publication === undefined ? [] : [publication] }
}

/** Off the devnet a test key as contributor would give away what its records earn. */
function requireOwnKeys(store: DatanetStore, connection: Connection): void {
  if (connection.local) return
  const contributors = store.records('approved').map(({ contributor }) => contributor)
  const address = [...new Set(contributors)].find(isDevAddress)
  if (address === undefined) return
  const count = contributors.filter((contributor) => contributor === address).length
  throw new OpenLedgerError('OL1634', { count, address, network: connection.network.chain.name })
}
