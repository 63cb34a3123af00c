import { join } from 'node:path'
import { type Address, encodeAbiParameters, type Hex, keccak256 } from 'viem'
import { z } from 'zod'
import { getDatanet } from '../chain/actions/getDatanet.js'
import { type GetModelReturnType, getModel } from '../chain/actions/getModel.js'
import { getVersion } from '../chain/actions/getVersion.js'
import { registerModel } from '../chain/actions/registerModel.js'
import { modelRegistryAbi } from '../chain/contracts/ModelRegistry.generated.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { hashJson } from '../files/canonicalJson.js'
import { readJson } from '../files/readText.js'
import { writeFileAtomic } from '../files/writeFileAtomic.js'
import { readManifest, sha256File, type TrainingManifest } from '../lora/manifest.js'
import { eventTransaction } from './eventTransaction.js'
import type { Chain } from './openChain.js'

/** publication.json of an adapter folder: where it is registered, for people and scripts. The chain is what counts. */
const publicationSchema = z.object({
  chainId: z.number(),
  registry: z.string(),
  modelId: z.string(),
  manifestHash: z.string(),
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
  readonly inputPrice: bigint
  readonly outputPrice: bigint
}

/**
 * Registers a trained adapter: the hashes of base, adapter and training manifest, and the Datanet version it was trained
 * on, which must be published with the very root of the manifest. Publishing again changes nothing, the prices included.
 *
 * @throws OL1512 when the adapter is not that of its manifest
 * @throws OL1809 when the adapter was not trained on a Datanet, OL1824 when the chain does not have that version
 */
export async function publishModel(
  chain: Chain,
  { adapter, inputPrice, outputPrice }: PublishModelParameters,
): Promise<ModelPublication> {
  const manifest = await readManifest(adapter)
  const weights = join(adapter, 'adapter_model.safetensors')
  const found = await sha256File(weights)
  if (found !== manifest.adapterHash)
    throw new OpenLedgerError('OL1512', { what: 'adapter', path: weights, found, wanted: manifest.adapterHash })
  const client = chain.as('maintainer')
  const known = await findModel(chain, manifest)
  if (known !== undefined) return publicationOf(chain, adapter, manifest, known, undefined)
  const { datanetId, version } = await publishedVersion(chain, adapter, manifest)
  const { hash } = await registerModel(client, {
    address: chain.address('ModelRegistry'),
    baseHash: manifest.base.hash as Hex,
    adapterHash: manifest.adapterHash as Hex,
    manifestHash: hashJson(manifest),
    datanetId,
    datanetVersion: version,
    inputPrice,
    outputPrice,
  })
  return publicationOf(chain, adapter, manifest, { inputPrice, outputPrice }, hash)
}

/** The id under which an adapter is registered on a chain, if it is. */
export async function findModelId(chain: Chain, manifest: TrainingManifest): Promise<Hex | undefined> {
  return (await findModel(chain, manifest)) && modelIdOf(chain, manifest)
}

/** As the registry computes it: bound to the chain, the registry, the owner, the adapter and the manifest. */
function modelIdOf(chain: Chain, manifest: TrainingManifest): Hex {
  const types = ['uint256', 'address', 'address', 'bytes32', 'bytes32'].map((type) => ({ type }))
  const owner = chain.as('maintainer').account.address
  const {
    chain: { id },
  } = chain.network
  const registry = chain.address('ModelRegistry')
  return keccak256(encodeAbiParameters(types, [BigInt(id), registry, owner, manifest.adapterHash, hashJson(manifest)]))
}

const findModel = (chain: Chain, manifest: TrainingManifest): Promise<GetModelReturnType | undefined> =>
  getModel(chain.client, { address: chain.address('ModelRegistry'), modelId: modelIdOf(chain, manifest) }).catch(
    (error: unknown) => {
      if (OpenLedgerError.is(error) && error.code === 'OL1603') return undefined
      throw error
    },
  )

/** Tells where a model is registered, and notes it in the adapter's folder unless that was done. */
async function publicationOf(
  chain: Chain,
  adapter: string,
  manifest: TrainingManifest,
  { inputPrice, outputPrice }: Pick<GetModelReturnType, 'inputPrice' | 'outputPrice'>,
  sent: Hex | undefined,
): Promise<ModelPublication> {
  const path = join(adapter, 'publication.json')
  const address = chain.address('ModelRegistry')
  const modelId = modelIdOf(chain, manifest)
  const transactionHash =
    sent ??
    (await eventTransaction(chain, {
      address,
      abi: modelRegistryAbi,
      eventName: 'ModelRegistered',
      args: { modelId },
    })) ??
    null
  const note = {
    chainId: chain.network.chain.id,
    registry: address,
    modelId,
    manifestHash: hashJson(manifest),
    transactionHash,
  }
  const noted = publicationSchema.safeParse(await readJson(path).catch(() => undefined))
  if (!noted.success || hashJson(noted.data) !== hashJson(note))
    await writeFileAtomic(path, `${JSON.stringify(note, null, 2)}\n`)
  return { ...note, inputPriceWei: inputPrice, outputPriceWei: outputPrice, created: sent !== undefined }
}

async function publishedVersion(
  chain: Chain,
  adapter: string,
  { datanet }: TrainingManifest,
): Promise<{ datanetId: Hex; version: number }> {
  if (datanet === undefined) throw new OpenLedgerError('OL1809', { path: adapter })
  const owner = chain.as('maintainer').account.address
  const address = chain.address('DatanetRegistry')
  const known = await getDatanet(chain.client, { address, owner, name: datanet.name })
  for (let version = known?.versionCount ?? 0; known !== undefined && version > 0; version--) {
    const { root } = await getVersion(chain.client, { address, datanetId: known.datanetId, version })
    if (root === datanet.root) return { datanetId: known.datanetId, version }
  }
  const { version, root } = datanet
  throw new OpenLedgerError('OL1824', { version, root, network: chain.network.name })
}
