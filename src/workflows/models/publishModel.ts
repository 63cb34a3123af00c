import type { Hex } from 'viem'
import { getDatanet } from '../../chain/actions/datanets/getDatanet.js'
import { getVersion } from '../../chain/actions/datanets/getVersion.js'
import type { ModelSource } from '../../chain/actions/models/getModel.js'
import { registerModel } from '../../chain/actions/models/registerModel.js'
import { modelRegistryAbi } from '../../chain/contracts/ModelRegistry.abi.generated.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hashJson } from '../../files/canonicalJson.js'
import { checkAdapterWeights, readManifest, type TrainingManifest } from '../../lora/plan/manifest.js'
import type { NotedVersion } from '../datanets/notedVersions.js'
import { eventTransaction } from '../network/eventTransaction.js'
import { defineOperation, type Operation } from '../network/Operation.js'
import type { Connection } from '../network/openConnection.js'
import { notePublication, type PublicationNote } from './modelPublication.js'
import { ownModelId, registeredModel } from './registeredModel.js'

export interface ModelPublication extends PublicationNote {
  /** Wei of OPEN for 1000 tokens, as the chain has them. */
  readonly inputPriceWei: bigint
  readonly outputPriceWei: bigint
  /** False when the chain had the model already. */
  readonly created: boolean
}

export interface PublishModelParameters {
  /** Folder of the adapter. */
  readonly adapter: string
  /** Wei of OPEN for 1000 tokens. */
  readonly inputPriceWei: bigint
  readonly outputPriceWei: bigint
  /** Versions that the workspace has noted as published on this chain, by whichever account. */
  readonly publications?: readonly NotedVersion[]
}

/**
 * Registers a trained adapter: the hashes of base, adapter and training manifest, and the Datanet version it was trained
 * on, which must be published with the very root of the manifest. Publishing again changes nothing, the prices included.
 *
 * @throws OL1512 when the adapter is not that of its manifest
 * @throws OL1809 when the adapter was not trained on a Datanet, OL1824 when the chain does not have that version
 */
export async function publishModel(
  connection: Connection,
  parameters: PublishModelParameters,
): Promise<Operation<ModelPublication, { readonly adapter: string }>> {
  const { adapter } = parameters
  const manifest = await readManifest(adapter)
  await checkAdapterWeights(adapter, manifest)
  const modelId = ownModelId(connection, manifest)
  const place = { chainId: connection.network.chain.id, registry: connection.address('ModelRegistry') }
  const manifestHash = hashJson(manifest)
  const described = { title: 'Publish the model', role: 'maintainer', facts: { adapter } } as const

  const known = await registeredModel(connection, modelId)
  if (known !== undefined)
    return defineOperation(connection, {
      ...described,
      plan: async () => [],
      async act() {
        const transactionHash = (await registration(connection, modelId)) ?? null
        const note = { ...place, modelId, manifestHash, transactionHash }
        await notePublication(adapter, note)
        return { ...note, inputPriceWei: known.inputPriceWei, outputPriceWei: known.outputPriceWei, created: false }
      },
    })

  const { inputPriceWei, outputPriceWei } = parameters
  const source = await publishedVersion(connection, parameters, manifest)
  const hashes = { baseHash: manifest.base.hash, adapterHash: manifest.adapterHash, manifestHash }
  return defineOperation(connection, {
    ...described,
    async act(client) {
      const { hash } = await registerModel(client, { ...hashes, sources: [source], inputPriceWei, outputPriceWei })
      const note = { ...place, modelId, manifestHash, transactionHash: hash }
      await notePublication(adapter, note)
      return { ...note, inputPriceWei, outputPriceWei, created: true }
    },
  })
}

/** The transaction that registered a model: a run that was stopped right after it could not note it. */
const registration = (connection: Connection, modelId: Hex): Promise<Hex | undefined> =>
  eventTransaction(connection, {
    contract: 'ModelRegistry',
    abi: modelRegistryAbi,
    eventName: 'ModelRegistered',
    args: { modelId },
  })

async function publishedVersion(
  connection: Connection,
  { adapter, publications = [] }: PublishModelParameters,
  { datanet }: TrainingManifest,
): Promise<ModelSource> {
  if (datanet === undefined) throw new OpenLedgerError('OL1809', { path: adapter })
  const owner = connection.as('maintainer').account.address
  for (const { datanetId, onChainVersion: version } of publications) {
    const found = await getVersion(connection.client, { datanetId, version }).catch((error: unknown) => {
      // The note is of a chain that was started again since.
      if (OpenLedgerError.is(error) && error.code === 'OL1603') return undefined
      throw error
    })
    if (found?.root === datanet.root) return { datanetId, version }
  }
  const known = await getDatanet(connection.client, { owner, identity: datanet.identity })
  for (let version = known?.versionCount ?? 0; known !== undefined && version > 0; version--) {
    const { root } = await getVersion(connection.client, { datanetId: known.datanetId, version })
    if (root === datanet.root) return { datanetId: known.datanetId, version }
  }
  const { version, root } = datanet
  throw new OpenLedgerError('OL1824', { version, root, network: connection.network.name })
}
