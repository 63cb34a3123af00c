import type { Hex } from 'viem'
import { createDatanet } from '../../chain/actions/datanets/createDatanet.js'
import type { GetDatanetReturnType } from '../../chain/actions/datanets/getDatanet.js'
import { getVersion } from '../../chain/actions/datanets/getVersion.js'
import { publishVersion } from '../../chain/actions/datanets/publishVersion.js'
import type { WriteClient } from '../../chain/client/ChainClient.js'
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
import { defineOperation, type Operation } from '../network/Operation.js'
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

/** What publishing is about to make. */
export interface PublishDatanetFacts {
  readonly version: VersionPreview
}

/**
 * Snapshots the approved records as a version and publishes its root; registers the Datanet first where that was not done.
 * An account that owns the Datanet by now, or is its curator, publishes a version of it too. Publishing what is published
 * changes nothing, so the operation can be repeated after any failure.
 *
 * @param store stays open until the operation is carried out
 * @throws OL1140 when no record is approved
 * @throws OL1603, OL1604 when it is carried out and the registry refuses
 * @throws OL1110, OL1111 or OL1116 when the signature of an approved record does not hold
 * @throws OL1634 when a contributor is a public test key and the network is not local
 */
export async function publishDatanet(
  store: DatanetStore,
  connection: Connection,
): Promise<Operation<PublishDatanetReturnType, PublishDatanetFacts>> {
  requireOwnKeys(store, connection)
  await verifyApproved(store)
  const preview = previewVersion(store)
  const { name, salt, licence } = store.info
  const owner = connection.as('maintainer').account.address
  const known = await ownDatanet(connection, store, owner)
  const { root, recordCount, contentHash } = preview
  const isPublished = known !== undefined && (await isLatest(connection, known, preview))
  const publication = { root, recordCount, contentHash, licence }

  async function plan(): Promise<readonly PlannedTransaction[]> {
    if (isPublished) return []
    if (known !== undefined)
      return connection.plan('maintainer', (client) =>
        publishVersion(client, { datanetId: known.datanetId, ...publication }),
      )
    const creation = await connection.plan('maintainer', (client) => createDatanet(client, { name, salt, licence }))
    const words = { 'id of': name, ...publication, recordCount: String(recordCount) }
    const shown = Object.entries(words).map(([argument, value]) => ({ name: argument, value }))
    const call = { contract: 'DatanetRegistry', function: 'publish', arguments: shown } as const
    return [...creation, laterTransaction(connection.network, owner, call)]
  }

  async function act(client: WriteClient): Promise<PublishDatanetReturnType> {
    const version = createVersion(store)
    // Records that were approved since are another version: where a user was shown this one, the guard shows the other.
    if (version.contentHash !== contentHash) return (await publishDatanet(store, connection)).carryOut()
    const datanetId = known?.datanetId ?? (await createDatanet(client, { name, salt, licence })).datanetId
    const at = {
      version: version.version,
      chainId: connection.network.chain.id,
      registry: connection.address('DatanetRegistry'),
    }
    if (isPublished) {
      const onChainVersion = known.versionCount
      const txHash = await publicationTransaction(connection, datanetId, onChainVersion)
      // A run that was stopped after it had published did not note it, or the note is of an earlier devnet.
      const noted = store
        .publications()
        .find((each) => each.version === at.version && each.chainId === at.chainId && each.registry === at.registry)
      if (noted === undefined || (txHash !== undefined && noted.txHash !== txHash))
        store.notePublication({ ...at, datanetId, onChainVersion, txHash: txHash ?? '' })
      return { version, datanetId, onChainVersion, transactionHash: undefined }
    }
    const sent = await publishVersion(client, { datanetId, ...publication })
    store.notePublication({ ...at, datanetId, onChainVersion: sent.version, txHash: sent.hash })
    return { version, datanetId, onChainVersion: sent.version, transactionHash: sent.hash }
  }

  return defineOperation(connection, {
    title: 'Publish the approved records',
    role: 'maintainer',
    facts: { version: preview },
    plan,
    act,
  })
}

/** Whether the chain's newest version of a Datanet has these records. */
async function isLatest(
  { client }: Connection,
  { datanetId, versionCount }: GetDatanetReturnType,
  { root, contentHash }: VersionPreview,
): Promise<boolean> {
  if (versionCount === 0) return false
  const latest = await getVersion(client, { datanetId, version: versionCount })
  return latest.root === root && latest.contentHash === contentHash
}

const publicationTransaction = (connection: Connection, id: Hex, version: number): Promise<Hex | undefined> =>
  eventTransaction(connection, {
    contract: 'DatanetRegistry',
    abi: datanetRegistryAbi,
    eventName: 'VersionPublished',
    args: { id, version: BigInt(version) },
  })

/** Off the devnet a test key as contributor would give away what its records earn. */
function requireOwnKeys(store: DatanetStore, connection: Connection): void {
  if (connection.local) return
  const contributors = store.records('approved').map(({ contributor }) => contributor)
  const address = [...new Set(contributors)].find(isDevAddress)
  if (address === undefined) return
  const count = contributors.filter((contributor) => contributor === address).length
  throw new OpenLedgerError('OL1634', { count, address, network: connection.network.chain.name })
}
