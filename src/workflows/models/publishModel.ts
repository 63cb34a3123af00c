import { join } from 'node:path'
import { type Address, encodeAbiParameters, type Hex, keccak256 } from 'viem'
import { z } from 'zod'
import { getDatanet } from '../../chain/actions/datanets/getDatanet.js'
import { getVersion } from '../../chain/actions/datanets/getVersion.js'
import { type GetModelReturnType, getModel, type ModelSource } from '../../chain/actions/models/getModel.js'
import { type RegisterModelParameters, registerModel } from '../../chain/actions/models/registerModel.js'
import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import { modelRegistryAbi } from '../../chain/contracts/ModelRegistry.abi.generated.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hashJson } from '../../files/canonicalJson.js'
import { hash32 } from '../../files/hexSchemas.js'
import { readJson } from '../../files/readText.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'
import { checkAdapterWeights, readManifest, type TrainingManifest } from '../../lora/plan/manifest.js'
import type { NotedVersion } from '../datanets/notedVersions.js'
import { eventTransaction } from '../network/eventTransaction.js'
import type { Connection } from '../network/openConnection.js'

/** publication.json of an adapter folder: where it is registered, for people and scripts. The chain is what counts. */
const publicationSchema = z.object({
  chainId: z.number(),
  registry: z.string(),
  modelId: hash32,
  manifestHash: hash32,
  transactionHash: z.string().nullable(),
})

export interface ModelPublication {
  readonly chainId: number
  readonly registry: Address
  readonly modelId: Hex
  readonly manifestHash: Hex
  /** Null where the node does not know any more. */
  readonly transactionHash: Hex | null
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
): Promise<ModelPublication> {
  const { adapter, inputPriceWei, outputPriceWei } = parameters
  const manifest = await checkedManifest(adapter)
  const client = connection.as('maintainer')
  const known = await findModel(connection, manifest)
  if (known !== undefined) return publicationOf(connection, adapter, manifest, known, undefined)
  const { hash } = await registerModel(client, await registrationOf(connection, manifest, parameters))
  return publicationOf(connection, adapter, manifest, { inputPriceWei, outputPriceWei }, hash)
}

/**
 * The transaction that {@link publishModel} would send; none where the chain has the model already.
 *
 * @throws as {@link publishModel}
 */
export async function planModel(
  connection: Connection,
  parameters: PublishModelParameters,
): Promise<PlannedTransaction[]> {
  const manifest = await checkedManifest(parameters.adapter)
  if ((await findModel(connection, manifest)) !== undefined) return []
  const registration = await registrationOf(connection, manifest, parameters)
  const planned = await connection.plan('maintainer', (client) => registerModel(client, registration))
  return planned === undefined ? [] : [planned]
}

async function checkedManifest(adapter: string): Promise<TrainingManifest> {
  const manifest = await readManifest(adapter)
  await checkAdapterWeights(adapter, manifest)
  return manifest
}

async function registrationOf(
  connection: Connection,
  manifest: TrainingManifest,
  parameters: PublishModelParameters,
): Promise<RegisterModelParameters> {
  const { inputPriceWei, outputPriceWei } = parameters
  const source = await publishedVersion(connection, parameters, manifest)
  return {
    baseHash: manifest.base.hash,
    adapterHash: manifest.adapterHash,
    manifestHash: hashJson(manifest),
    sources: [source],
    inputPriceWei,
    outputPriceWei,
  }
}

/** The id under which an adapter is registered on a chain, if it is: by the note in its folder, else by its owner. */
export async function findModelId(connection: Connection, adapter: string): Promise<Hex | undefined> {
  const manifest = await readManifest(adapter)
  const noted = await notedPublication(adapter)
  const address = connection.address('ModelRegistry')
  if (noted?.chainId === connection.network.chain.id && noted.registry === address) {
    const model = await getKnown(connection, noted.modelId)
    if (model?.manifestHash === hashJson(manifest)) return noted.modelId
  }
  return (await findModel(connection, manifest)) && modelIdOf(connection, manifest)
}

/** As the registry computes it: bound to the chain, the registry, the owner, the adapter and the manifest. */
function modelIdOf(connection: Connection, manifest: TrainingManifest): Hex {
  const types = ['uint256', 'address', 'address', 'bytes32', 'bytes32'].map((type) => ({ type }))
  const owner = connection.as('maintainer').account.address
  const {
    chain: { id },
  } = connection.network
  const registry = connection.address('ModelRegistry')
  return keccak256(encodeAbiParameters(types, [BigInt(id), registry, owner, manifest.adapterHash, hashJson(manifest)]))
}

const findModel = (connection: Connection, manifest: TrainingManifest): Promise<GetModelReturnType | undefined> =>
  getKnown(connection, modelIdOf(connection, manifest))

const getKnown = (connection: Connection, modelId: Hex): Promise<GetModelReturnType | undefined> =>
  getModel(connection.client, { modelId }).catch((error: unknown) => {
    if (OpenLedgerError.is(error) && error.code === 'OL1603') return undefined
    throw error
  })

/** Tells where a model is registered, and notes it in the adapter's folder unless that was done. */
async function publicationOf(
  connection: Connection,
  adapter: string,
  manifest: TrainingManifest,
  prices: Pick<GetModelReturnType, 'inputPriceWei' | 'outputPriceWei'>,
  sent: Hex | undefined,
): Promise<ModelPublication> {
  const path = publicationPath(adapter)
  const address = connection.address('ModelRegistry')
  const modelId = modelIdOf(connection, manifest)
  const transactionHash =
    sent ??
    (await eventTransaction(connection, {
      contract: 'ModelRegistry',
      abi: modelRegistryAbi,
      eventName: 'ModelRegistered',
      args: { modelId },
    })) ??
    null
  const note = {
    chainId: connection.network.chain.id,
    registry: address,
    modelId,
    manifestHash: hashJson(manifest),
    transactionHash,
  }
  const noted = await notedPublication(adapter)
  if (noted === undefined || hashJson(noted) !== hashJson(note))
    await writeFileAtomic(path, `${JSON.stringify(note, null, 2)}\n`)
  const { inputPriceWei, outputPriceWei } = prices
  return { ...note, inputPriceWei, outputPriceWei, created: sent !== undefined }
}

/** What an adapter's folder says of where it is registered. */
async function notedPublication(adapter: string): Promise<z.infer<typeof publicationSchema> | undefined> {
  const noted = publicationSchema.safeParse(await readJson(publicationPath(adapter)).catch(() => undefined))
  return noted.success ? noted.data : undefined
}

const publicationPath = (adapter: string): string => join(adapter, 'publication.json')

async function publishedVersion(
  connection: Connection,
  { adapter, publications = [] }: PublishModelParameters,
  { datanet }: TrainingManifest,
): Promise<ModelSource> {
  if (datanet === undefined) throw new OpenLedgerError('OL1809', { path: adapter })
  const owner = connection.as('maintainer').account.address
  for (const { datanetId, onChainVersion: version } of publications) {
    const found = await getVersion(connection.client, { datanetId, version }).catch((error: unknown) => {
      // The note is of a chain that was started anew since.
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
