import type { Hex } from 'viem'
import { type GetModelReturnType, getModel } from '../../chain/actions/models/getModel.js'
import { modelIdOf } from '../../chain/values/modelId.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hashJson } from '../../files/canonicalJson.js'
import { readManifest, type TrainingManifest } from '../../lora/plan/manifest.js'
import type { Connection } from '../network/openConnection.js'
import { notedPublication } from './modelPublication.js'

/** The id that an adapter has, or would get, as a model of the signer. */
export const ownModelId = (connection: Connection, manifest: TrainingManifest): Hex =>
  modelIdOf({
    chainId: connection.network.chain.id,
    registry: connection.address('ModelRegistry'),
    owner: connection.as('maintainer').account.address,
    adapterHash: manifest.adapterHash,
    manifestHash: hashJson(manifest),
  })

/** A model of the registry; undefined where it has none of this id. */
export const registeredModel = (connection: Connection, modelId: Hex): Promise<GetModelReturnType | undefined> =>
  getModel(connection.client, { modelId }).catch((error: unknown) => {
    if (OpenLedgerError.is(error) && error.code === 'OL1603') return undefined
    throw error
  })

/** The id under which an adapter is registered on a chain, if it is: by the note in its folder, else by its owner. */
export async function findModelId(connection: Connection, adapter: string): Promise<Hex | undefined> {
  const manifest = await readManifest(adapter)
  const noted = await notedPublication(adapter)
  if (noted?.chainId === connection.network.chain.id && noted.registry === connection.address('ModelRegistry')) {
    const model = await registeredModel(connection, noted.modelId)
    if (model?.manifestHash === hashJson(manifest)) return noted.modelId
  }
  const modelId = ownModelId(connection, manifest)
  return (await registeredModel(connection, modelId)) && modelId
}
