import { getVersion } from '../../chain/actions/datanets/getVersion.js'
import { getModel } from '../../chain/actions/models/getModel.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import type { DatanetVersion } from '../../datanet/versions/DatanetVersion.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Hex } from '../../files/hex.js'
import { openVersion } from '../datanets/openVersion.js'
import type { Connection } from '../network/openConnection.js'

/** The Datanet version that a model was trained on: on chain, and in the workspace. Of several, the one of this workspace. */
export interface ModelVersion {
  readonly datanetId: `0x${string}`
  readonly number: number
  readonly local: DatanetVersion
}

/**
 * Finds the version of a model; each model is looked up once.
 *
 * @throws OL1818 when the workspace does not have it
 */
export function modelVersions(connection: Connection, paths: WorkspacePaths): (modelId: Hex) => Promise<ModelVersion> {
  const found = new Map<string, Promise<ModelVersion>>()
  return (modelId) => {
    const version = found.get(modelId) ?? modelVersion(connection, paths, modelId)
    found.set(modelId, version)
    return version
  }
}

async function modelVersion(
  connection: Connection,
  paths: WorkspacePaths,
  modelId: `0x${string}`,
): Promise<ModelVersion> {
  const { sources } = await getModel(connection.client, { modelId })
  const newest = await openVersion(paths)
  const roots: string[] = []
  for (const { datanetId, version: number } of sources) {
    const { root } = await getVersion(connection.client, { datanetId, version: number })
    roots.push(root)
    for (let local = newest.version; local > 0; local--) {
      const version = local === newest.version ? newest : await openVersion(paths, local)
      if (version.root === root) return { datanetId, number, local: version }
    }
  }
  throw new OpenLedgerError('OL1818', { path: paths.versions, root: roots.join(', '), modelId })
}
