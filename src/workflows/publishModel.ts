import { join } from 'node:path'
import { z } from 'zod'
import { getDatanet } from '../chain/actions/getDatanet.js'
import { getModel } from '../chain/actions/getModel.js'
import { getVersion } from '../chain/actions/getVersion.js'
import { registerModel } from '../chain/actions/registerModel.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { hashJson } from '../files/canonicalJson.js'
import { readJson } from '../files/readText.js'
import { writeFileAtomic } from '../files/writeFileAtomic.js'
import { readManifest, type TrainingManifest } from '../lora/manifest.js'
import type { Chain } from './openChain.js'

const hash = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])
const publicationSchema = z.object({
  chainId: z.number(),
  registry: z.string(),
  modelId: hash,
  manifestHash: hash,
  transactionHash: hash,
})

/** publication.json of an adapter folder: where it is registered. */
export type ModelPublication = z.infer<typeof publicationSchema>

const publicationName = 'publication.json'

export interface PublishModelParameters {
  /** Folder of the adapter. */
  readonly adapter: string
  /** Wei of OPEN for 1000 tokens. */
  readonly inputPrice: bigint
  readonly outputPrice: bigint
}

/**
 * Registers a trained adapter: the hashes of base, adapter and training manifest, and the Datanet version it was trained
 * on, which must be published with the very root of the manifest. Publishing again changes nothing.
 *
 * @throws OL1809 when the adapter was not trained on a Datanet, OL1818 when the chain has another root for the version
 */
export async function publishModel(
  chain: Chain,
  { adapter, inputPrice, outputPrice }: PublishModelParameters,
): Promise<ModelPublication> {
  const manifest = await readManifest(adapter)
  const known = await findPublication(chain, adapter, manifest)
  if (known !== undefined) return known
  const { datanetId, version } = await publishedVersion(chain, adapter, manifest)
  const client = chain.as('maintainer')
  const address = chain.address('ModelRegistry')
  const manifestHash = hashJson(manifest)
  const sent = await registerModel(client, {
    address,
    baseHash: manifest.base.hash as `0x${string}`,
    adapterHash: manifest.adapterHash as `0x${string}`,
    manifestHash,
    datanetId,
    datanetVersion: version,
    inputPrice,
    outputPrice,
  })
  const publication: ModelPublication = {
    chainId: chain.network.chain.id,
    registry: address,
    modelId: sent.modelId as ModelPublication['modelId'],
    manifestHash: manifestHash as ModelPublication['manifestHash'],
    transactionHash: sent.hash as ModelPublication['transactionHash'],
  }
  await writeFileAtomic(join(adapter, publicationName), `${JSON.stringify(publication, null, 2)}\n`)
  return publication
}

/** Where the adapter is registered on this chain, or undefined. A note of another chain, or one started anew, is not believed. */
export async function findPublication(
  chain: Chain,
  adapter: string,
  manifest: TrainingManifest,
): Promise<ModelPublication | undefined> {
  const parsed = publicationSchema.safeParse(await readJson(join(adapter, publicationName)).catch(() => undefined))
  if (!parsed.success || parsed.data.chainId !== chain.network.chain.id) return undefined
  const { modelId, manifestHash } = parsed.data
  if (manifestHash !== hashJson(manifest)) return undefined
  const model = await getModel(chain.client, { address: chain.address('ModelRegistry'), modelId }).catch(
    (error: unknown) => {
      if (OpenLedgerError.is(error) && error.code === 'OL1603') return undefined
      throw error
    },
  )
  return model?.manifestHash === manifestHash ? parsed.data : undefined
}

async function publishedVersion(
  chain: Chain,
  adapter: string,
  { datanet }: TrainingManifest,
): Promise<{ datanetId: `0x${string}`; version: number }> {
  if (datanet === undefined) throw new OpenLedgerError('OL1809', { path: adapter })
  const client = chain.as('maintainer')
  const address = chain.address('DatanetRegistry')
  const known = await getDatanet(client, { address, owner: client.account.address, name: datanet.name })
  let found = 'none'
  for (let version = known?.versionCount ?? 0; known !== undefined && version > 0; version--) {
    const { root } = await getVersion(client, { address, datanetId: known.datanetId, version })
    if (root === datanet.root) return { datanetId: known.datanetId, version }
    found = root
  }
  throw new OpenLedgerError('OL1818', { version: datanet.version, trained: datanet.root, found })
}
